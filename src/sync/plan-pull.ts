import { posix } from 'node:path';
import { BuildenvError } from '../errors/buildenv-error';
import type { PathFilter } from './path-filter';
import { lostEntries } from './plan-push';
import type { SyncedEntry, VolumeChanges, VolumeEntry } from './tree-entry';

/** What comes back of a volume. */
export interface PullPlan {
  /** Folders, each before what is in it. */
  folders: readonly VolumeEntry[];
  /** Files and links. */
  fetch: readonly VolumeEntry[];
  /** What the run removed and the tree still has. */
  remove: readonly SyncedEntry[];
}

/**
 * Chooses the outputs that are new in a volume. A run may have made anything of it, so every path is
 * checked here. What git keeps in `.git` is never an output: it says which programs run on the host.
 * Pure.
 * @param limit bytes that may come at once
 * @throws {BuildenvError} `outputs` for what must not come into a tree
 */
export function planPull(
  changes: VolumeChanges,
  synced: ReadonlyMap<string, SyncedEntry>,
  outputs: PathFilter,
  limit: number,
): PullPlan {
  const isOutput = (path: string): boolean =>
    outputs.matches(path) && !path.split('/').includes('.git');
  const fresh = [...changes.entries.values()].filter(
    (entry) => isOutput(checkPath(entry.path)) && !isKnown(entry, synced.get(entry.path)),
  );
  let bytes = 0;
  for (const { path, kind, size } of fresh) {
    if (kind === 'other') throw refused(path, 'it is neither file, folder nor link');
    if (kind !== 'folder') bytes += size;
    if (bytes > limit) throw tooLarge(limit);
  }
  const removed = [...lostEntries(synced, changes)].filter(
    (path) => !changes.entries.has(path) && isOutput(path),
  );
  return {
    folders: fresh.filter(({ kind }) => kind === 'folder'),
    fetch: fresh.filter(({ kind }) => kind !== 'folder'),
    remove: removed.flatMap((path) => synced.get(path) ?? []),
  };
}

function isKnown(entry: VolumeEntry, synced: SyncedEntry | undefined): boolean {
  return (
    synced?.kind === entry.kind &&
    synced.mode === entry.mode &&
    (entry.kind === 'folder' || (synced.size === entry.size && synced.volumeMtime === entry.mtime))
  );
}

function checkPath(path: string): string {
  const isPlain = path !== '' && path.split('/').every((part) => !['', '.', '..'].includes(part));
  if (isPlain) return path;
  throw refused(path, 'its path leads elsewhere');
}

/**
 * Checks where a link leads: not out of the tree, whatever the links on its way are.
 * @param root absolute path of the tree
 */
export function checkTarget(path: string, target: string, root: string): void {
  const below = posix.isAbsolute(target) ? posix.relative(root, target) : target;
  const parts = below.split('/').filter((part) => part !== '' && part !== '.');
  const up = parts.findLastIndex((part) => part === '..') + 1;
  const depth = posix.isAbsolute(target) ? 0 : path.split('/').length - 1;
  const isSound = parts.slice(0, up).every((part) => part === '..') && up <= depth;
  if (!isSound) throw refused(path, `it is a link to ${target}, out of the tree`);
}

export function tooLarge(limit: number): BuildenvError {
  return new BuildenvError('outputs', `The outputs have more than ${limit} bytes`, {
    hint: 'Name fewer outputs, or set outputs.limit in the environment.',
  });
}

export function refused(path: string, reason: string): BuildenvError {
  return new BuildenvError('outputs', `The output ${path} is refused: ${reason}`, {
    hint: 'Nothing was copied back; look at what the command makes there.',
  });
}
