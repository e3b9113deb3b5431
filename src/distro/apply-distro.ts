import { isDeepStrictEqual } from 'node:util';
import type { ArchiveEntry } from '../archive/archive-entry';
import type { Engine, ImageDetails, ImageStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import { configFile } from '../oci/config-file';
import type { DistroPlan } from './plan-distro';
import { sendImage } from './send-image';

/** A layer of an assembled distro. */
export interface DistroLayer {
  /** Of the uncompressed layer; equal for equal inputs. */
  digest: string;
  entries: readonly ArchiveEntry[];
}

/** A distro in the engine. */
export interface AssembledDistro {
  /** `namespace/name:tag` */
  reference: string;
  /** `sha256:` and 64 hexadecimal digits; equal for equal inputs. */
  id: string;
  /** The lowest first, the base's included. */
  layers: readonly DistroLayer[];
  /** In bytes. */
  size: number;
}

/**
 * Streams a plan's files into an image, with no file in between and in constant memory. Where it
 * fails or is aborted, there is no new image and the tag stays where it was. An image that loses the
 * tag by it is removed, unless something uses it.
 *
 * @param base layers of the distro that the plan stands on, in the engine
 * @throws {BuildenvError} naming the file that vanished, changed or cannot be read; the signal's
 * reason when aborted; what the engine says
 */
export async function applyDistro(
  plan: DistroPlan,
  base: readonly DistroLayer[],
  engine: Engine,
  signal: AbortSignal,
): Promise<AssembledDistro> {
  const reference = `${plan.repository}:${plan.tag}`;
  const before = await engine.images.inspectImage(reference);
  const makeConfig = (layers: readonly string[]) => configFile({ ...plan, layers });
  const digests = await sendImage(
    {
      reference,
      layers: [
        ...base.map((layer) => ({ ...layer, isThere: true })),
        ...plan.layers.map((entries) => ({ digest: undefined, entries, isThere: false })),
      ],
      makeConfig,
      project: plan.project,
    },
    engine,
    signal,
  );
  const made = await engine.images.inspectImage(reference);
  if (made === undefined || !isDeepStrictEqual(made.layers, digests)) {
    throw new BuildenvError('engine-failed', `${reference} vanished as soon as it was assembled`, {
      hint: 'Run the command again when nothing else makes or removes images.',
    });
  }
  await removeReplaced(before, made.id, engine.images);
  const entries = [...base.map((layer) => layer.entries), ...plan.layers];
  return {
    reference,
    id: made.id,
    layers: digests.map((digest, index) => ({ digest, entries: entries[index] ?? [] })),
    size: made.size,
  };
}

/** What lost its last tag is of no use, unless a container or an image stands on it. */
async function removeReplaced(
  before: ImageDetails | undefined,
  id: string,
  images: ImageStore,
): Promise<void> {
  if (before === undefined || before.id === id || before.labels[LABEL.kind] !== 'distro') return;
  const replaced = await images.inspectImage(before.id);
  if (replaced === undefined || replaced.tags.length > 0) return;
  try {
    await images.removeImage(before.id);
  } catch (error) {
    const isInUse = error instanceof BuildenvError && error.code === 'engine-failed';
    if (!isInUse) throw error;
  }
}
