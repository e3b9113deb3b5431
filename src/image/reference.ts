/** An image's place in a registry or engine: `kontain/km:latest` is repository and tag. */
export interface Reference {
  repository: string;
  tag: string;
}

/** A reference as the engine and its users write it. */
export function formatReference({ repository, tag }: Reference): string {
  return `${repository}:${tag}`;
}

/** The local reference of one of the project's images. */
export function imageReference(namespace: string, name: string, tag: string): Reference {
  return { repository: `${namespace}/${name}`, tag };
}

/** Prefix of the tags that name an image by its content. */
export const KEY_TAG_PREFIX = 'key-';

/** The reference under which the image with a content key is found. */
export function keyReference(reference: Reference, key: string): Reference {
  return { repository: reference.repository, tag: KEY_TAG_PREFIX + key };
}
