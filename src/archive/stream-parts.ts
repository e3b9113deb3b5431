import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { Readable } from 'node:stream';
import { BuildenvError } from '../errors/buildenv-error';
import { hostPath } from './byte-name';

const CHUNK = 1 << 20;

/** Neither follows a link nor waits for a writer, should the file have become a link or a pipe. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** The content of a file, read when its turn comes. */
export interface FilePart {
  /** Path on disk. */
  source: string;
  /** In bytes; a file of another size by then is an error. */
  size: number;
}

export type Part = Uint8Array | FilePart;

/**
 * Bytes and contents of files as one stream. Memory is constant whatever the size, and what is read
 * waits for the consumer.
 *
 * A file that is not there any more, has another size than its part says, or changes while it is
 * read destroys the stream with a {@link BuildenvError} that names it, so that no consumer takes
 * what came before for the whole.
 */
export function streamParts(parts: Iterable<Part>): Readable {
  return Readable.from(partChunks(parts), { objectMode: false, highWaterMark: CHUNK });
}

/**
 * The bytes of {@link streamParts}, as large chunks that are the consumer's to keep.
 *
 * Gathers bytes and small files into large chunks. Reads are synchronous: for thousands of small
 * files, a trip to the thread pool for each open, stat, read and close costs more than the packing.
 */
export function* partChunks(parts: Iterable<Part>): Generator<Buffer, void, undefined> {
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

  function* putFile({ source, size }: FilePart) {
    const file = attempt(source, () => openSync(hostPath(source), OPEN_FLAGS));
    try {
      const before = attempt(source, () => fstatSync(file));
      if (!before.isFile() || before.size !== size) throw changed(source);
      for (let left = size; left > 0;) {
        const length = Math.min(left, CHUNK - used);
        const count = attempt(source, () => readSync(file, chunk, used, length, null));
        if (count === 0) throw changed(source);
        left -= count;
        yield* advance(count);
      }
      const after = attempt(source, () => fstatSync(file));
      if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) throw changed(source);
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

  for (const part of parts) {
    if (part instanceof Uint8Array) yield* put(part);
    else yield* putFile(part);
  }
  if (used > 0) yield chunk.subarray(0, used);
}

function attempt<T>(source: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw vanished(source, cause);
    if (code === 'ELOOP') throw changed(source, cause);
    throw new BuildenvError('host', `${source} cannot be read: ${code ?? String(cause)}`, {
      hint: 'Make the file readable for you, or leave it out.',
      cause,
    });
  }
}

function vanished(source: string, cause: unknown): BuildenvError {
  return new BuildenvError('not-found', `${source} vanished before it was packed`, {
    hint: 'Run the command again when nothing else writes to the tree.',
    cause,
  });
}

function changed(source: string, cause?: unknown): BuildenvError {
  return new BuildenvError('host', `${source} changed while it was being packed`, {
    hint: 'Run the command again when nothing else writes to the tree.',
    cause,
  });
}
