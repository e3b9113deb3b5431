import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { decodeName, hostPath } from '../archive/byte-name';
import type { HostFilesSpec } from './distro-spec';
import { type PathFilter, pathFilter } from './path-filter';

interface FoundPath {
  /** Absolute path, a name as `decodeName` makes it. */
  source: string;
  /** Path below what the entry of `files` names; empty for that itself. */
  below: string;
}

/** Something that is selected on the host: how it looks, no link followed, or why nobody can tell. */
export type HostFile = FoundPath &
  ({ stats: Stats } | { stats: undefined; error: NodeJS.ErrnoException });

/** What an entry of `files` selects on the host. */
export interface HostWalk {
  /** Whether the entry is a glob, which may match nothing. */
  isPattern: boolean;
  /** To be gone through once, since looking is what takes the time. */
  found: Iterable<HostFile>;
}

/**
 * Looks for what an entry of `files` selects on the host: files, folders with all that is in them,
 * what a glob matches, and links as links. Only metadata is read. Never throws.
 */
export async function walkHostFiles(files: HostFilesSpec): Promise<HostWalk> {
  const filter = await pathFilter(files.from, isThere, files.exclude);
  return { isPattern: filter.isPattern, found: walk(filter) };
}

function* walk(filter: PathFilter): Generator<HostFile, void, undefined> {
  const pending = [''];
  for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
    const source = below === '' ? filter.base : `${filter.base}/${below}`;
    let stats: Stats;
    try {
      stats = lstatSync(hostPath(source));
      for (const name of stats.isDirectory() ? namesIn(source) : []) {
        const inner = below === '' ? name : `${below}/${name}`;
        if (!filter.excludes(inner)) pending.push(inner);
      }
    } catch (error) {
      yield { source, below, stats: undefined, error: error as NodeJS.ErrnoException };
      continue;
    }
    if (filter.isPattern ? !filter.selects(below) : filter.excludes(below)) continue;
    yield { source, below, stats };
  }
}

/** Node makes strings of names faster than buffers, but loses bytes that are no UTF-8. */
function namesIn(folder: string): string[] {
  const path = hostPath(folder);
  const names = readdirSync(path);
  if (!names.some((name) => name.includes('\uFFFD'))) return names;
  return readdirSync(path, { encoding: 'buffer' }).map(decodeName);
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
