import { createHash } from 'node:crypto';
import type { ArchiveEntry } from '../archive/archive-entry';
import { encodeName } from '../archive/byte-name';
import { foldersOf, withFolders } from './with-folders';

const MIB = 2 ** 20;

/** How large layers are, in bytes of files. */
export interface LayerLimits {
  /** So much is one layer, whatever it is. */
  small: number;
  /** A layer of more than that ends at the first path after so many bytes whose hash says so.. */
  enough: number;
  /** ..and in any case before so many, unless one file has more. */
  most: number;
}

/**
 * An engine takes the lowest layer in half the time that it needs for those above, which it writes
 * to its disk first; so only what is large is cut.
 */
const LIMITS: LayerLimits = { small: 1024 * MIB, enough: 384 * MIB, most: 768 * MIB };

/** One path of so many ends a layer. */
const ODDS = 64;

/**
 * Cuts many entries into layers, so that a change of one file makes one layer anew.
 * Where a layer ends depends on paths and sizes, never on contents; and since it is the path at the
 * end that decides, files that come, go or grow move no end but those near them.
 *
 * @param entries sorted, with the folders that lead to them
 * @returns layers, each with the folders that lead to its own entries
 */
export function splitLayers(
  entries: readonly ArchiveEntry[],
  { small, enough, most } = LIMITS,
): ArchiveEntry[][] {
  if (bytesOf(entries) <= small) return entries.length === 0 ? [] : [[...entries]];

  const folders = foldersOf(entries);
  const layers: ArchiveEntry[][] = [];
  let layer: ArchiveEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    const isFull = bytes > 0 && bytes + size > most;
    if (isFull || (bytes >= enough && endsLayer(entry.path))) {
      layers.push(layer);
      [layer, bytes] = [[], 0];
    }
    layer.push(entry);
    bytes += size;
  }
  return [...layers, layer].map((one) => withFolders(one, folders));
}

function endsLayer(path: string): boolean {
  return (createHash('sha256').update(encodeName(path)).digest()[0] ?? 0) % ODDS === 0;
}

/** Bytes of all files. */
export function bytesOf(entries: readonly ArchiveEntry[]): number {
  return entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
}

function sizeOf(entry: ArchiveEntry): number {
  return entry.kind === 'file' ? entry.size : 0;
}
