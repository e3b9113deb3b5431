import type { ImageDetails } from '../engine/engine';
import type { Manifest } from '../registry/registry';
import type { BuildContext } from './build-context';
import type { DesiredImage } from './desire-images';
import type { BaseImageSpec, DockerfileImageSpec } from './image-spec';
import { formatReference } from './reference';

/** Ids of the images that the engine has under an image's two references. */
export interface PresentImage {
  tagged: string | undefined;
  keyed: string | undefined;
  /** What the engine says of the keyed one. */
  details?: ImageDetails | undefined;
}

/** An image in a registry. */
export interface RemoteImage {
  /** Without the host. */
  repository: string;
  manifest: Manifest;
}

type Identity = Pick<DesiredImage, 'name' | 'key' | 'reference' | 'keyReference'>;

/** One image and what is to be done for it. */
export type ImageStep = Identity &
  (
    | /** It is there. */ { action: 'none'; id: string; details?: ImageDetails | undefined }
    | /** It is there under its key; the tag moves to it. */ { action: 'retag'; id: string }
    | /** A registry has it under its key. */ { action: 'pull'; remote: RemoteImage }
    | /** Pulled or bootstrapped. */ { action: 'obtain'; spec: BaseImageSpec }
    | {
        action: 'build';
        spec: DockerfileImageSpec;
        context: BuildContext;
        /** Build arguments, those for the needed images included. */
        args: Readonly<Record<string, string>>;
      }
  );

/**
 * Says what is to be done so that the engine has the desired images.
 * @param present by image name
 * @param rebuild names of images to make even if they are there
 */
export function planImages(
  desired: readonly DesiredImage[],
  present: ReadonlyMap<string, PresentImage>,
  rebuild: ReadonlySet<string>,
): ImageStep[] {
  return desired.map(({ name, source, key, reference, keyReference }) => {
    const identity = { name, key, reference, keyReference };
    const { tagged, keyed, details } = present.get(name) ?? {};
    if (keyed !== undefined && !rebuild.has(name)) {
      return keyed === tagged
        ? { ...identity, action: 'none', id: keyed, ...(details && { details }) }
        : { ...identity, action: 'retag', id: keyed };
    }
    if (source.kind === 'base') return { ...identity, action: 'obtain', spec: source.spec };
    const { spec, context } = source;
    const args = { ...neededImageArguments(spec, context, desired), ...spec.args };
    return { ...identity, action: 'build', spec, context, args };
  });
}

/**
 * The reference of every needed image whose name the Dockerfile declares as an argument:
 * `ARG BASE_DEBIAN` for `base-debian`.
 */
function neededImageArguments(
  { needs }: DockerfileImageSpec,
  { dockerfile }: BuildContext,
  desired: readonly DesiredImage[],
): Record<string, string> {
  const declared = [...dockerfile.matchAll(/^\s*ARG\s+(.*)/gim)]
    .flatMap(([, names = '']) => names.split(/\s+/))
    .map((name) => name.replace(/=.*/s, ''));
  const args: Record<string, string> = {};
  for (const { name, reference } of desired) {
    const argument = name.toUpperCase().replace(/[^A-Z0-9]/g, '_');
    if (needs.includes(name) && declared.includes(argument)) {
      args[argument] = formatReference(reference);
    }
  }
  return args;
}
