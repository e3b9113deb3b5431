import type { BuildContext } from './build-context';
import { baseImageKey, dockerfileImageKey } from './content-key';
import type { BaseImageSpec, DockerfileImageSpec, ImageSpec } from './image-spec';
import { imageReference, keyReference, type Reference } from './reference';

/** What an image is made from. */
export type ImageSource =
  | { kind: 'base'; spec: BaseImageSpec }
  | { kind: 'dockerfile'; spec: DockerfileImageSpec; context: BuildContext };

/** An image as it should be. */
export interface DesiredImage {
  name: string;
  source: ImageSource;
  /** Content key. */
  key: string;
  reference: Reference;
  /** The same image under its content key. */
  keyReference: Reference;
}

export interface DesireOptions {
  namespace: string;
  /** Tag of all these images. */
  tag: string;
  /** `linux/amd64` */
  platform: string;
}

/**
 * Computes each image's content key from its inputs and the keys of what it needs.
 * @param ordered each image after what it needs
 * @param contextOf what a Dockerfile build reads
 */
export function desireImages(
  ordered: readonly ImageSpec[],
  contextOf: (spec: DockerfileImageSpec) => BuildContext,
  { namespace, tag, platform }: DesireOptions,
): DesiredImage[] {
  const keys = new Map<string, string>();
  return ordered.map((spec) => {
    const { name } = spec;
    const source = sourceOf(spec, contextOf);
    const key = contentKey(source, keys, platform);
    keys.set(name, key);
    const reference = imageReference(namespace, name, tag);
    return { name, source, key, reference, keyReference: keyReference(reference, key) };
  });
}

function sourceOf(
  spec: ImageSpec,
  contextOf: (spec: DockerfileImageSpec) => BuildContext,
): ImageSource {
  return spec.kind === 'base'
    ? { kind: 'base', spec }
    : { kind: 'dockerfile', spec, context: contextOf(spec) };
}

function contentKey(
  source: ImageSource,
  keys: ReadonlyMap<string, string>,
  platform: string,
): string {
  if (source.kind === 'base') return baseImageKey(source.spec, platform);
  const { spec, context } = source;
  const neededKeys = spec.needs.map((name) => keys.get(name) ?? '');
  return dockerfileImageKey(spec, context, neededKeys, platform);
}
