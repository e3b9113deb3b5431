import { Readable } from 'node:stream';
import type { ArchiveEntry } from '../archive/archive-entry';
import { packEntries } from '../archive/pack-entries';
import type { Engine, ImageStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import { type ArchivedLayer, dockerArchive } from '../oci/docker-archive';

/** A layer to send. */
export interface SentLayer {
  /** Undefined where it is not known before the content is packed. */
  digest: string | undefined;
  entries: readonly ArchiveEntry[];
  /** Whether the engine has it, with all that are below it. */
  isThere: boolean;
}

/** An image to send. */
export interface SentImage {
  reference: string;
  /** The lowest first. */
  layers: readonly SentLayer[];
  /** Makes the configuration file of the layers' digests. */
  makeConfig: (digests: readonly string[]) => Buffer;
  project: string;
}

/**
 * Streams an image into an engine: the lowest layer, where the engine has none of them, by its
 * import, which unpacks what arrives; the others by its load, which writes an archive to the disk
 * before it unpacks it, and leaves out what the engine has.
 *
 * @throws {BuildenvError} naming the file that vanished, changed or cannot be read; the signal's
 * reason when aborted; what the engine says. The engine then has nothing new.
 * @returns the digests of all layers
 */
export async function sendImage(
  image: SentImage,
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { loadsPartialImages } = await engine.info();
  const [lowest, ...others] = image.layers;
  if (!loadsPartialImages || lowest === undefined || lowest.isThere) {
    const layers = image.layers.map((layer) => archived(layer, loadsPartialImages));
    return load(image, layers, engine.images, signal);
  }
  const imported = await importLayer(lowest.entries, image.project, engine.images, signal);
  try {
    const layers = [
      { digest: imported.digest },
      ...others.map((layer) => archived({ ...layer, isThere: false }, true)),
    ];
    return await load(image, layers, engine.images, signal);
  } finally {
    await engine.images.removeImage(imported.id);
  }
}

function archived({ digest, entries, isThere }: SentLayer, canBeLeftOut: boolean): ArchivedLayer {
  return canBeLeftOut && isThere && digest !== undefined ? { digest } : { entries };
}

/** @returns the id of an image of one layer, without a name, and the layer's digest */
async function importLayer(
  entries: readonly ArchiveEntry[],
  project: string,
  images: ImageStore,
  signal: AbortSignal,
): Promise<{ id: string; digest: string }> {
  const labels = { [LABEL.project]: project, [LABEL.kind]: 'layer' };
  const changes = Object.entries(labels).map(([name, value]) => `LABEL ${name}="${value}"`);
  const id = await abortable(packEntries(entries), signal, (layer) =>
    images.importImage({ changes }, layer),
  );
  const digest = (await images.inspectImage(id))?.layers[0];
  if (digest !== undefined) return { id, digest };
  throw new BuildenvError('engine-failed', 'A layer vanished as soon as it was imported', {
    hint: 'Run the command again when nothing else removes images.',
  });
}

async function load(
  { reference, makeConfig }: SentImage,
  layers: readonly ArchivedLayer[],
  images: ImageStore,
  signal: AbortSignal,
): Promise<readonly string[]> {
  let digests: readonly string[] = [];
  const chunks = dockerArchive(reference, layers, (made) => makeConfig((digests = made)));
  const archive = Readable.from(chunks, { objectMode: false, highWaterMark: 1 << 20 });
  await abortable(archive, signal, (stream) => images.loadImage(stream));
  return digests;
}

/** Hands a stream to an action; when the signal is aborted, the stream fails with its reason. */
async function abortable<T>(
  stream: Readable,
  signal: AbortSignal,
  action: (stream: Readable) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const abort = () => stream.destroy(signal.reason as Error);
  signal.addEventListener('abort', abort);
  try {
    return await action(stream);
  } finally {
    signal.removeEventListener('abort', abort);
    stream.destroy();
  }
}
