import { randomUUID } from 'node:crypto';
import { createWriteStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveEntry } from '../archive/archive-entry';
import { archiveSize } from '../archive/pack-entries';
import { BuildenvError } from '../errors/buildenv-error';
import { configFile } from '../oci/config-file';
import { digestOf } from '../oci/digest';
import { dockerArchive } from '../oci/docker-archive';
import { writeOciLayout } from '../oci/oci-layout';
import type { AssembledDistro } from './apply-distro';
import type { DistroPlan } from './plan-distro';

/** Where a distro is written to, without an engine. */
export interface DistroOutput {
  kind: 'oci' | 'docker-archive';
  /** Absolute path: an OCI layout's folder, or a file. */
  path: string;
}

/**
 * Writes a plan's image beside its place and renames it, so that there is a whole one or none. What
 * was there is replaced: a file, a layout or an empty folder.
 *
 * @param layersBelow entries of the layers of the distro that the plan stands on
 * @throws {BuildenvError} `usage` where a folder is something other than a layout; naming the file
 * that vanished, changed or cannot be read; the signal's reason when aborted
 */
export async function writeDistro(
  plan: DistroPlan,
  layersBelow: readonly (readonly ArchiveEntry[])[],
  { kind, path }: DistroOutput,
  signal: AbortSignal,
): Promise<AssembledDistro> {
  if (kind === 'oci') checkReplaceable(path);
  const reference = `${plan.repository}:${plan.tag}`;
  const layers = [...layersBelow, ...plan.layers];
  const makeConfig = (digests: readonly string[]) => configFile({ ...plan, layers: digests });
  const beside = `${path}.${randomUUID()}`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    let digests: readonly string[] = [];
    if (kind === 'oci') {
      digests = await writeOciLayout(beside, plan.tag, plan.platform, layers, makeConfig, signal);
    } else {
      const entries = layers.map((one) => ({ entries: one }));
      const chunks = dockerArchive(reference, entries, (made) => makeConfig((digests = made)));
      await pipeline(Readable.from(chunks), createWriteStream(beside), { signal });
    }
    if (kind === 'oci') rmSync(path, { recursive: true, force: true });
    renameSync(beside, path);
    return {
      reference,
      id: digestOf(makeConfig(digests)),
      layers: layers.map((entries, index) => ({ entries, digest: digests[index] ?? '' })),
      size: layers.reduce((sum, entries) => sum + archiveSize(entries), 0),
      changed: true,
    };
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    rmSync(beside, { recursive: true, force: true });
  }
}

function checkReplaceable(folder: string): void {
  if (!existsSync(folder)) return;
  const isLayout = existsSync(join(folder, 'oci-layout'));
  if (isLayout || readdirSync(folder).length === 0) return;
  throw new BuildenvError('usage', `${folder} is there and is no OCI layout`, {
    hint: 'Name another folder for --output, or remove this one.',
  });
}
