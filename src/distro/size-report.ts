import { posix } from 'node:path';
import type { ArchiveEntry } from '../archive/archive-entry';

export interface SizedPath {
  /** Absolute. */
  path: string;
  /** In bytes. */
  bytes: number;
}

export interface SizeReport {
  /** Folders at most two levels deep, each with all that is in it and in no other, the largest first. */
  folders: readonly SizedPath[];
  /** The largest files, the largest first. */
  files: readonly SizedPath[];
}

const MOST = 10;
const DEPTH = 2;

/** Where the bytes of an image are; the names of one file count once, for the first. */
export function sizeReport(entries: Iterable<ArchiveEntry>): SizeReport {
  const folders = new Map<string, number>();
  const files: SizedPath[] = [];
  const inodes = new Set<string>();
  for (const entry of entries) {
    if (entry.kind !== 'file' || (entry.inode !== undefined && inodes.has(entry.inode))) continue;
    if (entry.inode !== undefined) inodes.add(entry.inode);
    const parents = posix.dirname(`/${entry.path}`).split('/');
    const folder = parents.slice(0, DEPTH + 1).join('/') || '/';
    folders.set(folder, (folders.get(folder) ?? 0) + entry.size);
    files.push({ path: `/${entry.path}`, bytes: entry.size });
  }
  return {
    folders: largest([...folders].map(([path, bytes]) => ({ path, bytes }))),
    files: largest(files),
  };
}

function largest(paths: readonly SizedPath[]): SizedPath[] {
  return paths.toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1)).slice(0, MOST);
}
