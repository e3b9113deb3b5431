import { createHash } from 'node:crypto';
import type { DistroFileSpec, DistroSpec } from './distro-spec';
import type { LayerKey } from './layer-key';
import type { DistroContext } from './plan-distro';
import { walkHostFiles } from './walk-host-files';

/** To be raised when equal inputs no longer give an equal image. */
const FORMAT = 1;

/** What a distro is made of and with, beside the files of the host. */
export interface DistroSetting {
  spec: DistroSpec;
  context: DistroContext;
  /** Id of the image that it takes from; undefined where it takes from none. */
  imageId: string | undefined;
  /** Whether capabilities of the host's files can be read. */
  capabilities: boolean;
  /** The input key of what it stands on. */
  base: string | undefined;
}

/** A key of all that decides on a distro's image. */
export function inputKey(setting: DistroSetting, { key }: LayerKey): string {
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, setting, key]))
    .digest('hex');
}

/**
 * A key of the files of the host that are selected: path, size, times and inode of each stand for its
 * content. No file is read.
 *
 * @returns undefined where something is not there, or cannot be looked at
 */
export async function hostFilesKey(
  files: readonly DistroFileSpec[],
): Promise<LayerKey | undefined> {
  const paths: string[] = [];
  const numbers: number[] = [];
  let newest = 0;
  for (const one of files) {
    if (!('from' in one)) continue;
    const { found } = await walkHostFiles(one);
    for (const { below, stats } of found) {
      if (stats === undefined) return undefined;
      const { mode, dev, ino, size, mtimeMs, ctimeMs } = stats;
      paths.push(below);
      numbers.push(mode);
      // What is in a folder is looked at by itself.
      if (stats.isDirectory()) continue;
      numbers.push(dev, ino, size, mtimeMs, ctimeMs);
      newest = Math.max(newest, ctimeMs);
    }
    // What follows is of another entry of `files`.
    numbers.push(paths.length);
  }
  const hash = createHash('sha256').update(JSON.stringify(paths));
  return { key: hash.update(Float64Array.from(numbers)).digest('hex'), newest };
}
