import type { ImageSummary } from '../engine/engine';
import { imageReference, KEY_TAG_PREFIX } from './reference';

/** All references under which an engine has one of the project's images: its tag and its keys. */
export function projectImageTags(
  images: readonly ImageSummary[],
  namespace: string,
  name: string,
  tag: string,
): string[] {
  const { repository } = imageReference(namespace, name, tag);
  const ours = (reference: string) =>
    reference === `${repository}:${tag}` || reference.startsWith(`${repository}:${KEY_TAG_PREFIX}`);
  return images.flatMap(({ tags }) => tags.filter(ours));
}
