import { closeSync, openSync, readSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { ArchiveEntry } from '../archive/archive-entry';
import { hostPath } from '../archive/byte-name';

const CHUNK = 1 << 16;

type FileEntry = Extract<ArchiveEntry, { kind: 'file' }>;

/** Whether two entries put the same thing at the same path; two files of one size are read. */
export function isSameEntry(one: ArchiveEntry, other: ArchiveEntry): boolean {
  if (one.kind !== 'file' || other.kind !== 'file') return isDeepStrictEqual(one, other);
  return isDeepStrictEqual(described(one), described(other)) && hasSameContent(one, other);
}

/** All of a file but where its content is on this machine. */
function described(entry: FileEntry): object {
  return { ...entry, source: '', inode: '', xattrs: entry.xattrs ?? {} };
}

function hasSameContent({ source, size }: FileEntry, other: FileEntry): boolean {
  if (source === other.source) return true;
  return withOpen(source, (one) =>
    withOpen(other.source, (two) => {
      const [ours, theirs] = [Buffer.alloc(CHUNK), Buffer.alloc(CHUNK)];
      for (let at = 0; at < size; at += CHUNK) {
        const count = readSync(one, ours, 0, CHUNK, at);
        if (readSync(two, theirs, 0, CHUNK, at) !== count) return false;
        if (!ours.subarray(0, count).equals(theirs.subarray(0, count))) return false;
      }
      return true;
    }),
  );
}

/** A file that cannot be opened has no content that could be the same; packing it says why. */
function withOpen(path: string, action: (file: number) => boolean): boolean {
  let file: number;
  try {
    file = openSync(hostPath(path), 'r');
  } catch {
    return false;
  }
  try {
    return action(file);
  } finally {
    closeSync(file);
  }
}
