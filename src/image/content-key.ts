import { createHash } from 'node:crypto';
import type { BuildContext } from './build-context';
import type { BaseImageSpec, DockerfileImageSpec } from './image-spec';

/** Hexadecimal digits of a key: 128 bits, and short enough for a tag. */
const KEY_LENGTH = 32;

/**
 * Part of every key. Another number makes all images new: for a release of the tool that builds
 * other images from the same inputs.
 */
const KEY_VERSION = 1;

/** The content key of a base image: its upstream reference, the digest that
 * is pinned of it, and how it is bootstrapped. */
export function baseImageKey(spec: BaseImageSpec, platform: string): string {
  const { from, pinned, bootstrap } = spec;
  return hash({ from, pinned, bootstrap, platform });
}

/**
 * The content key of a Dockerfile image: same key, same image. File times are no part of it, as
 * COPY does not look at them either.
 * @param neededKeys content key of each image in `needs`
 */
export function dockerfileImageKey(
  spec: DockerfileImageSpec,
  { dockerfile, entries }: BuildContext,
  neededKeys: readonly string[],
  platform: string,
): string {
  const files = entries.map((entry) => ({ ...entry, source: undefined }));
  const args = Object.entries(spec.args).sort();
  return hash({ dockerfile, files, args, target: spec.target, neededKeys, platform });
}

function hash(inputs: object): string {
  const text = JSON.stringify({ version: KEY_VERSION, ...inputs });
  return createHash('sha256').update(text).digest('hex').slice(0, KEY_LENGTH);
}
