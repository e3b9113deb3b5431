import { isDeepStrictEqual } from 'node:util';
import type { ArchiveEntry } from '../archive/archive-entry';
import type { Engine, ImageDetails, ImageStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import { configFile } from '../oci/config-file';
import { digestOf } from '../oci/digest';
import { isRacy, layerKey } from './layer-key';
import type { LayerMemory } from './layer-memory';
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
  /** Whether anything was sent. */
  changed: boolean;
}

/** What a distro is assembled with. */
export interface AssemblyTools {
  engine: Engine;
  memory: LayerMemory;
  signal: AbortSignal;
}

/**
 * Streams a plan's files into an image, with no file in between and in constant memory: the layers
 * that changed, and those above them. Where nothing changed, no file is read and nothing is sent.
 * Where it fails or is aborted, there is no new image and the tag stays where it was. An image that
 * loses the tag by it is removed, unless something uses it.
 *
 * @param base layers of the distro that the plan stands on, in the engine
 * @throws {BuildenvError} naming the file that vanished, changed or cannot be read; the signal's
 * reason when aborted; what the engine says
 */
export async function applyDistro(
  plan: DistroPlan,
  base: readonly DistroLayer[],
  tools: AssemblyTools,
): Promise<AssembledDistro> {
  const { memory } = tools;
  const { images } = tools.engine;
  const reference = `${plan.repository}:${plan.tag}`;
  const lookedAt = memory.now();
  const keys = plan.layers.map(layerKey);
  const known = memory.read();
  const layers: PlannedLayer[] = [
    ...base,
    ...plan.layers.map((entries, index) => {
      return { entries, digest: known.layers[keys[index]?.key ?? ''] };
    }),
  ];

  const before = await images.inspectImage(reference);
  const id = imageId(plan, layers);
  const there = before?.id === id || id === undefined ? before : await images.inspectImage(id);
  if (id !== undefined && there?.id === id) {
    if (there !== before) await images.tagImage(id, plan.repository, plan.tag);
    await removeReplaced(before, id, images);
    return assembled(reference, there, layers, false);
  }

  const last = known.image === '' ? undefined : await images.inspectImage(known.image);
  const count = Math.max(base.length, ...[before, last].map((image) => inCommon(layers, image)));
  const digests = await send(plan, layers, count, tools);
  const made = await images.inspectImage(reference);
  if (made === undefined || !isDeepStrictEqual(made.layers, digests)) {
    throw new BuildenvError('engine-failed', `${reference} vanished as soon as it was assembled`, {
      hint: 'Run the command again when nothing else makes or removes images.',
    });
  }
  const own = keys.flatMap((key, index) => {
    const isSure = key !== undefined && lookedAt !== undefined && !isRacy(key, lookedAt);
    return isSure ? [[key.key, digests[base.length + index] ?? '']] : [];
  });
  memory.write({ image: made.id, layers: Object.fromEntries(own) as Record<string, string> });
  await removeReplaced(before, made.id, images);
  const sent = layers.map((layer, index) => ({ ...layer, digest: digests[index] }));
  return assembled(reference, made, sent, true);
}

/** A layer whose digest is known where its files are as they were. */
interface PlannedLayer {
  entries: readonly ArchiveEntry[];
  digest: string | undefined;
}

function assembled(
  reference: string,
  { id, size }: ImageDetails,
  layers: readonly PlannedLayer[],
  changed: boolean,
): AssembledDistro {
  const known = layers.map(({ entries, digest }) => ({ entries, digest: digest ?? '' }));
  return { reference, id, layers: known, size, changed };
}

/** Undefined where the digest of a layer is not known. */
function imageId(plan: DistroPlan, layers: readonly PlannedLayer[]): string | undefined {
  const digests = layers.flatMap(({ digest }) => digest ?? []);
  if (digests.length < layers.length) return undefined;
  return digestOf(configFile({ ...plan, layers: digests }));
}

/** How many of the lowest layers an image has too. */
function inCommon(layers: readonly PlannedLayer[], image: ImageDetails | undefined): number {
  const differs = layers.findIndex(
    ({ digest }, index) => digest === undefined || digest !== image?.layers[index],
  );
  return differs < 0 ? layers.length : differs;
}

/** @param count of the lowest layers, which the engine has */
async function send(
  plan: DistroPlan,
  layers: readonly PlannedLayer[],
  count: number,
  { engine, signal }: AssemblyTools,
): Promise<readonly string[]> {
  const attempt = (leftOut: number) =>
    sendImage(
      {
        reference: `${plan.repository}:${plan.tag}`,
        layers: layers.map((layer, index) => ({ ...layer, isThere: index < leftOut })),
        makeConfig: (digests) => configFile({ ...plan, layers: digests }),
        project: plan.project,
      },
      engine,
      signal,
    );
  try {
    return await attempt(count);
  } catch (error) {
    // What was there a moment ago may be gone.
    const isRefused = error instanceof BuildenvError && error.code === 'engine-failed';
    if (count === 0 || !isRefused) throw error;
    return attempt(0);
  }
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
