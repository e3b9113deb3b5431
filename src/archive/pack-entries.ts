import type { Readable } from 'node:stream';
import type { ArchiveEntry } from './archive-entry';
import { BLOCK, contentSize, entryHeader } from './entry-header';
import { type Part, streamParts } from './stream-parts';

/** Two blocks of zeros end an archive. */
const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK);

/**
 * An uncompressed tar stream of the entries, in the order given: ustar, with pax extended headers
 * where ustar is too narrow (POSIX.1-2017, `pax`). A file that changes fails the stream, as
 * {@link streamParts} says.
 */
export function packEntries(entries: Iterable<ArchiveEntry>): Readable {
  return streamParts(parts(entries));
}

function* parts(entries: Iterable<ArchiveEntry>): Generator<Part, void, undefined> {
  for (const entry of entries) {
    yield entryHeader(entry);
    if (entry.kind === 'file') yield entry;
    if (entry.kind === 'buffer') yield entry.content;
    yield END_OF_ARCHIVE.subarray(0, -contentSize(entry) & (BLOCK - 1));
  }
  yield END_OF_ARCHIVE;
}
