import { createHash } from 'node:crypto';
import type { ArchiveEntry } from '../archive/archive-entry';
import { encodeName } from '../archive/byte-name';
import { parentsOf } from './parents-of';

const MB = 2 ** 20;

/** Bytes of files that are one layer, whatever they are. */
export const SMALL = 256 * MB;
/** A layer of more than that ends at the first path after so many bytes whose hash says so.. */
export const ENOUGH = 96 * MB;
/** ..and in any case before so many, unless one file has more. */
export const MOST = 192 * MB;
/** One path of so many ends a layer. */
const ODDS = 64;

/**
 * Cuts the entries of a large distro into layers, so that a change of one file makes one layer anew.
 * Where a layer ends depends on paths and sizes, never on contents; and since it is the path at the
 * end that decides, files that come, go or grow move no end but those near them.
 *
 * @param entries sorted, with the folders that lead to them
 * @returns layers, each with the folders that lead to its own entries
 */
export function splitLayers(entries: readonly ArchiveEntry[]): ArchiveEntry[][] {
  const total = entries.reduce((sum, entry) => sum + sizeOf(entry), 0);
  if (total <= SMALL) return entries.length === 0 ? [] : [[...entries]];

  const folders = new Map<string, ArchiveEntry>();
  const layers: ArchiveEntry[][] = [];
  let layer: ArchiveEntry[] = [];
  let paths = new Set<string>();
  let bytes = 0;
  for (const entry of entries) {
    const size = sizeOf(entry);
    const isFull = bytes > 0 && bytes + size > MOST;
    if (isFull || (bytes >= ENOUGH && endsLayer(entry.path))) {
      layers.push(layer);
      [layer, paths, bytes] = [[], new Set(), 0];
    }
    for (const path of [...parentsOf(entry.path)].reverse()) {
      const folder = folders.get(path);
      if (folder === undefined || paths.has(path)) continue;
      layer.push(folder);
      paths.add(path);
    }
    layer.push(entry);
    paths.add(entry.path);
    bytes += size;
    if (entry.kind === 'folder') folders.set(entry.path, entry);
  }
  return [...layers, layer];
}

function endsLayer(path: string): boolean {
  return (createHash('sha256').update(encodeName(path)).digest()[0] ?? 0) % ODDS === 0;
}

function sizeOf(entry: ArchiveEntry): number {
  return entry.kind === 'file' ? entry.size : 0;
}
