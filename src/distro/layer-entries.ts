import type { ArchiveEntry } from '../archive/archive-entry';
import { BuildenvError } from '../errors/buildenv-error';
import type { DistroFileSpec, DistroSpec } from './distro-spec';
import { listProblems } from './list-problems';
import type { SelectedEntry } from './selection';

const FOLDER_MODE = 0o755;
const LINK_MODE = 0o777;

/**
 * The layer's entries for what was selected: folders that lead to them added (0755, of root), one
 * time for all, modes and owners as `files` has them or normalised to 0755 and 0644, sorted by the
 * bytes of their paths. Depends on nothing else, so equal selections make equal layers.
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

  const entries = [...byPath.values()].map((entry) =>
    layerEntry(entry, spec.files[entry.index], time),
  );
  for (const path of parents) {
    if (byPath.has(path)) continue;
    entries.push({ kind: 'folder', path, mode: FOLDER_MODE, uid: 0, gid: 0, mtime: time });
  }
  return sortByBytes(entries.filter(({ path }) => path !== ''));
}

function layerEntry(
  entry: SelectedEntry,
  file: DistroFileSpec | undefined,
  mtime: number,
): ArchiveEntry {
  const { path, kind } = entry;
  const { uid, gid, mode } = file ?? { uid: 0, gid: 0, mode: undefined };
  switch (kind) {
    case 'folder':
      return { kind, path, mode: folderMode(mode), uid, gid, mtime };
    case 'link':
      return { kind, path, mode: LINK_MODE, uid, gid, mtime, target: entry.target };
    case 'file': {
      const { source, size, executable } = entry;
      const fileMode = mode ?? (executable ? 0o755 : 0o644);
      return { kind, path, mode: fileMode, uid, gid, mtime, source, size };
    }
  }
}

/** A folder may be entered by whom it may be read, and has no setuid or setgid bits. */
function folderMode(mode: number | undefined): number {
  return mode === undefined ? FOLDER_MODE : (mode & 0o777) | ((mode & 0o444) >> 2);
}

function* parentsOf(path: string): Generator<string> {
  for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
    yield path.slice(0, slash);
  }
}

function origin(entry: SelectedEntry): string {
  return `${entry.source} (files[${entry.index}])`;
}

/** Strings compare by UTF-16 units, which is another order. */
function sortByBytes(entries: readonly ArchiveEntry[]): ArchiveEntry[] {
  return entries
    .map((entry) => ({ entry, bytes: Buffer.from(entry.path) }))
    .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
    .map(({ entry }) => entry);
}
