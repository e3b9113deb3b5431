import type { Readable } from 'node:stream';
import type { ArchiveEntry } from './archive-entry';
import { BLOCK, contentSize, entryHeader } from './entry-header';
import { type Part, partChunks, streamParts } from './stream-parts';

/** Two blocks of zeros end an archive. */
const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK);

/**
 * An uncompressed tar stream of the entries, in the order given: ustar, with pax extended headers
 * where ustar is too narrow (POSIX.1-2017, `pax`). A file that changes fails the stream, as
 * {@link streamParts} says.
 */
export function packEntries(entries: Iterable<ArchiveEntry>): Readable {
  return streamParts(archiveParts(entries));
}

/** How many bytes {@link packEntries} makes of the entries. */
export function archiveSize(entries: Iterable<ArchiveEntry>): number {
  let size = END_OF_ARCHIVE.length;
  for (const [entry, linkTo] of withHardLinks(entries)) {
    const content = contentSize(entry, linkTo);
    size += entryHeader(entry, linkTo).length + content + padding(content);
  }
  return size;
}

/** How many bytes of zeros follow a content, to the end of its last block. */
export function padding(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

/** Each entry, with the path of the one before it that is the same file. */
function* withHardLinks(
  entries: Iterable<ArchiveEntry>,
): Generator<[ArchiveEntry, string | undefined]> {
  const paths = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind !== 'file' || entry.inode === undefined) {
      yield [entry, undefined];
      continue;
    }
    // Names of one file that are to differ in what is a file's alone are files of their own.
    const file = JSON.stringify([entry.inode, entry.mode, entry.uid, entry.gid, entry.mtime]);
    yield [entry, paths.get(file)];
    if (!paths.has(file)) paths.set(file, entry.path);
  }
}

/** The bytes of {@link packEntries}, as large chunks that are the consumer's to keep. */
export function archiveChunks(entries: Iterable<ArchiveEntry>): Iterable<Buffer> {
  return partChunks(archiveParts(entries));
}

function* archiveParts(entries: Iterable<ArchiveEntry>): Generator<Part, void, undefined> {
  for (const [entry, linkTo] of withHardLinks(entries)) {
    yield entryHeader(entry, linkTo);
    if (entry.kind === 'file' && linkTo === undefined) yield entry;
    if (entry.kind === 'buffer') yield entry.content;
    yield END_OF_ARCHIVE.subarray(0, padding(contentSize(entry, linkTo)));
  }
  yield END_OF_ARCHIVE;
}
