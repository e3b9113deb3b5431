import { createHash } from 'node:crypto';
import { lstatSync } from 'node:fs';
import type { ArchiveEntry } from '../archive/archive-entry';
import { hostPath } from '../archive/byte-name';

/** Two changes of a file within this many milliseconds may leave it with the same times. */
const TICK = 20;

/** What a layer is made of, without its content. */
export interface LayerKey {
  /** Equal where the entries are equal and no file was touched in between. */
  key: string;
  /** The latest change of any of its files' inodes, Unix time in milliseconds. */
  newest: number;
}

/**
 * Looks at the files of a layer, and reads none: path, size, times and inode of each stand for its
 * content. The time of the inode's last change cannot be set, so a file with an old time given to it
 * shows.
 *
 * @returns undefined where a file is not there
 */
export function layerKey(entries: readonly ArchiveEntry[]): LayerKey | undefined {
  const hash = createHash('sha256');
  let newest = 0;
  for (const entry of entries) {
    let stamp = '';
    if (entry.kind === 'file') {
      const stats = lstatSync(hostPath(entry.source), { throwIfNoEntry: false });
      if (stats === undefined) return undefined;
      const { dev, ino, size, mtimeMs, ctimeMs } = stats;
      stamp = `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
      newest = Math.max(newest, ctimeMs);
    }
    hash.update(JSON.stringify([entry, stamp]));
  }
  return { key: hash.digest('hex'), newest };
}

/**
 * Whether a file may have been written after it was looked at without its times showing it, as git
 * asks of its index ("racily clean").
 *
 * @param lookedAt before the files were looked at, Unix time in milliseconds by the clock of a file
 * system
 */
export function isRacy({ newest }: LayerKey, lookedAt: number): boolean {
  return newest >= lookedAt - TICK;
}
