import { packEntries } from '../archive/pack-entries';
import type { ImageStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { importLayer } from './import-layer';
import type { DistroPlan } from './plan-distro';

/** A distro in the engine. */
export interface AssembledDistro {
  /** `namespace/name:tag` */
  reference: string;
  /** `sha256:` and 64 hexadecimal digits; differs each time, since it holds the time of its making. */
  id: string;
  /** Digest of the uncompressed layer; equal for equal inputs. */
  layer: string;
  /** In bytes. */
  size: number;
}

/**
 * Streams a plan's files into an image, with no file in between and in constant memory. Where it
 * fails or is aborted, there is no new image and the tag stays where it was.
 *
 * @throws {BuildenvError} naming the file that vanished, changed or cannot be read; the signal's
 * reason when aborted; what the engine says
 */
export async function applyDistro(
  plan: DistroPlan,
  images: ImageStore,
  signal: AbortSignal,
): Promise<AssembledDistro> {
  const reference = `${plan.repository}:${plan.tag}`;
  signal.throwIfAborted();
  const layer = packEntries(plan.entries);
  const abort = () => layer.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    const id = await importLayer(plan, layer, images);
    const details = await images.inspectImage(id);
    const [digest] = details?.layers ?? [];
    if (details === undefined || digest === undefined) {
      throw new BuildenvError(
        'engine-failed',
        `${reference} vanished as soon as it was assembled`,
        {
          hint: 'Run the command again when nothing else removes images.',
        },
      );
    }
    return { reference, id, layer: digest, size: details.size };
  } finally {
    signal.removeEventListener('abort', abort);
    layer.destroy();
  }
}
