import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { BuildenvError } from '../errors/buildenv-error';
import type { ArchiveEntry } from './archive-entry';
import { hostPath } from './byte-name';
import { BLOCK, contentSize, entryHeader } from './entry-header';

const CHUNK = 1 << 20;

/** Two blocks of zeros end an archive. */
const END_OF_ARCHIVE = Buffer.alloc(2 * BLOCK);

/** Neither follows a link nor waits for a writer, should the file have become a link or a pipe. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

type FileEntry = Extract<ArchiveEntry, { kind: 'file' }>;

/**
 * An uncompressed tar stream of the entries, in the order given: ustar, with pax extended headers
 * where ustar is too narrow (POSIX.1-2017, `pax`). Memory is constant whatever the size, and what is
 * read waits for the consumer.
 *
 * A file that is not there any more, has another size than its entry says, or changes while it is
 * read destroys the stream with a {@link BuildenvError} that names it, so that no consumer takes
 * what came before for a whole archive.
 */
export function packEntries(entries: Iterable<ArchiveEntry>): Readable {
  return Readable.from(archiveChunks(entries), { objectMode: false, highWaterMark: CHUNK });
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

/**
 * The bytes of {@link packEntries}, as large chunks that are the consumer's to keep.
 *
 * Gathers headers and small files into large chunks. Reads are synchronous: for thousands of small
 * files, a trip to the thread pool for each open, stat, read and close costs more than the packing.
 */
export function* archiveChunks(
  entries: Iterable<ArchiveEntry>,
): Generator<Buffer, void, undefined> {
  let chunk = Buffer.allocUnsafeSlow(CHUNK);
  let used = 0;

  function* put(data: Uint8Array) {
    for (let offset = 0; offset < data.length;) {
      const part = data.subarray(offset, offset + CHUNK - used);
      chunk.set(part, used);
      offset += part.length;
      yield* advance(part.length);
    }
  }

  function* putFile(entry: FileEntry) {
    const file = attempt(entry, () => openSync(hostPath(entry.source), OPEN_FLAGS));
    try {
      const before = attempt(entry, () => fstatSync(file));
      if (!before.isFile() || before.size !== entry.size) throw changed(entry);
      for (let left = entry.size; left > 0;) {
        const length = Math.min(left, CHUNK - used);
        const count = attempt(entry, () => readSync(file, chunk, used, length, null));
        if (count === 0) throw changed(entry);
        left -= count;
        yield* advance(count);
      }
      const after = attempt(entry, () => fstatSync(file));
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw changed(entry);
    } finally {
      closeSync(file);
    }
  }

  function* advance(count: number) {
    used += count;
    if (used < CHUNK) return;
    yield chunk;
    chunk = Buffer.allocUnsafeSlow(CHUNK);
    used = 0;
  }

  for (const [entry, linkTo] of withHardLinks(entries)) {
    yield* put(entryHeader(entry, linkTo));
    if (entry.kind === 'file' && linkTo === undefined) yield* putFile(entry);
    if (entry.kind === 'buffer') yield* put(entry.content);
    yield* put(END_OF_ARCHIVE.subarray(0, padding(contentSize(entry, linkTo))));
  }
  yield* put(END_OF_ARCHIVE);
  if (used > 0) yield chunk.subarray(0, used);
}

function attempt<T>(entry: FileEntry, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw vanished(entry, cause);
    if (code === 'ELOOP') throw changed(entry, cause);
    throw new BuildenvError('host', `${entry.source} cannot be read: ${code ?? String(cause)}`, {
      hint: 'Make the file readable for you, or leave it out.',
      cause,
    });
  }
}

function vanished(entry: FileEntry, cause: unknown): BuildenvError {
  return new BuildenvError('not-found', `${entry.source} vanished before it was packed`, {
    hint: 'Run the command again when nothing else writes to the tree.',
    cause,
  });
}

function changed(entry: FileEntry, cause?: unknown): BuildenvError {
  return new BuildenvError('host', `${entry.source} changed while it was being packed`, {
    hint: 'Run the command again when nothing else writes to the tree.',
    cause,
  });
}
