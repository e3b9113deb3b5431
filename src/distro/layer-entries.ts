import type { ArchiveEntry } from '../archive/archive-entry';
import { BuildenvError } from '../errors/buildenv-error';
import type { DistroSpec } from './distro-spec';
import { encodeName } from '../archive/byte-name';
import { listProblems } from './list-problems';
import { parentsOf } from './parents-of';
import type { SelectedEntry } from './selection';

const FOLDER_MODE = 0o755;

/**
 * The layer's entries for what was selected: folders that lead to them added (0755, of root), one
 * time for all, sorted by the bytes of their paths. Depends on nothing else, so equal selections make equal layers.
 *
 * @param time Unix time in seconds
 * @throws {BuildenvError} `config`, with all of them, where two things meet at one path that are
 * not both folders
 */
export function layerEntries(
  spec: DistroSpec,
  selected: readonly SelectedEntry[],
  time: number,
): ArchiveEntry[] {
  const byPath = new Map<string, SelectedEntry>();
  const clashes: string[] = [];
  for (const entry of selected) {
    const other = byPath.get(entry.path);
    if (other !== undefined && (other.kind !== 'folder' || entry.kind !== 'folder')) {
      clashes.push(`/${entry.path} is ${origin(other)} and ${origin(entry)}`);
    }
    byPath.set(entry.path, entry);
  }

  const parents = new Set<string>();
  for (const entry of selected) {
    for (const parent of parentsOf(entry.path)) {
      if (parents.has(parent)) continue;
      parents.add(parent);
      const other = byPath.get(parent);
      if (other !== undefined && other.kind !== 'folder') {
        clashes.push(`/${parent} is ${origin(other)} and the folder of ${origin(entry)}`);
      }
    }
  }
  if (clashes.length > 0) {
    throw new BuildenvError('config', listProblems(`Distro ${spec.name}`, clashes), {
      hint: 'Give each of them a path of its own with "to".',
    });
  }

  const entries = [...byPath.values()].map((entry) => layerEntry(entry, time));
  for (const path of parents) {
    if (byPath.has(path)) continue;
    entries.push({ kind: 'folder', path, mode: FOLDER_MODE, uid: 0, gid: 0, mtime: time });
  }
  return sortByBytes(entries.filter(({ path }) => path !== ''));
}

function layerEntry(entry: SelectedEntry, mtime: number): ArchiveEntry {
  const { path, kind, mode, uid, gid } = entry;
  switch (kind) {
    case 'folder':
      return { kind, path, mode, uid, gid, mtime };
    case 'link':
      return { kind, path, mode, uid, gid, mtime, target: entry.target };
    case 'file': {
      const { source, size, inode, xattrs } = entry;
      return { kind, path, mode, uid, gid, mtime, source, size, inode, xattrs };
    }
  }
}

function origin(entry: SelectedEntry): string {
  return `${entry.origin} (${entry.by})`;
}

/** Strings compare by UTF-16 units, which is another order. */
function sortByBytes(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return entries
    .map((entry) => ({ entry, bytes: encodeName(entry.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);
}
