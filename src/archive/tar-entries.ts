import { BuildenvError } from '../errors/buildenv-error';
import { decodeName } from './byte-name';
import { BLOCK } from './entry-header';

export interface TarEntry {
  /** As the archive has it, without leading `./` and slashes and without a trailing slash. */
  path: string;
  kind: 'file' | 'folder' | 'link' | 'hardlink' | 'other';
  /** Permission, setuid, setgid and sticky bits. */
  mode: number;
  uid: number;
  gid: number;
  /** In bytes. */
  size: number;
  /** Of a link as it is; of a hard link the path of an entry before it. */
  target: string;
  /** Extended attributes by name: `security.capability`. */
  xattrs: ReadonlyMap<string, Buffer>;
  /** The content of a file, to be read before the next entry is asked for; what is left is skipped. */
  content: AsyncIterable<Buffer>;
}

/** Longer headers than any that names and attributes of a file system can need. */
const MOST_EXTENDED = 1 << 20;
const XATTR = 'SCHILY.xattr.';

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'link',
  '5': 'folder',
};

/**
 * Reads a tar stream in constant memory: ustar, pax (POSIX.1-2017, `pax`) and GNU's long names. Names
 * are as {@link decodeName} gives them; nothing is written and no path is followed.
 *
 * @throws {BuildenvError} `engine-failed` where the stream is no archive or breaks off; the stream's
 * own error
 */
export async function* tarEntries(
  stream: AsyncIterable<Uint8Array>,
): AsyncGenerator<TarEntry, void, undefined> {
  const reader = new BlockReader(stream);
  try {
    yield* entriesOf(reader);
  } finally {
    await reader.close();
  }
}

async function* entriesOf(reader: BlockReader): AsyncGenerator<TarEntry, void, undefined> {
  let extended = new Map<string, Buffer>();
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.every((byte) => byte === 0)) return;
    checkSum(header);
    const type = header.toString('latin1', 156, 157);
    const size = number(extended.get('size'), header, 124, 12);
    if (type === 'x' || type === 'g' || type === 'L' || type === 'K') {
      if (size > MOST_EXTENDED) throw broken('has a header of more than 1 MiB');
      const data = await reader.take(size);
      await reader.skip(-size & (BLOCK - 1));
      if (type === 'x') extended = new Map([...extended, ...extendedRecords(data)]);
      if (type === 'L') extended.set('path', untilNul(data));
      if (type === 'K') extended.set('linkpath', untilNul(data));
      continue;
    }
    const kind = KINDS[type] ?? 'other';
    const length = kind === 'file' || kind === 'other' ? size : 0;
    const content = reader.content(length);
    yield {
      path: plainPath(decodeName(extended.get('path') ?? ustarPath(header))),
      kind,
      mode: number(undefined, header, 100, 8) & 0o7777,
      uid: number(extended.get('uid'), header, 108, 8),
      gid: number(extended.get('gid'), header, 116, 8),
      size: length,
      target: decodeName(extended.get('linkpath') ?? untilNul(header.subarray(157, 257))),
      xattrs: attributes(extended),
      content,
    };
    await drain(content);
    await reader.skip(-length & (BLOCK - 1));
    extended = new Map();
  }
}

/** A stream of chunks as exact numbers of bytes. */
class BlockReader {
  private readonly chunks: AsyncIterator<Uint8Array>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.chunks = stream[Symbol.asyncIterator]();
  }

  async take(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.content(size)) parts.push(part);
    return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  }

  async skip(size: number): Promise<void> {
    await drain(this.content(size));
  }

  /** Can be read to its end in several goes: each goes on where the one before stopped. */
  content(size: number): AsyncIterable<Buffer> {
    let left = size;
    const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
      if (left === 0) return { done: true, value: undefined };
      const value = await this.some(left);
      left -= value.length;
      return { done: false, value };
    };
    return { [Symbol.asyncIterator]: () => ({ next }) };
  }

  /** Destroys a stream that is not read to its end. */
  async close(): Promise<void> {
    await this.chunks.return?.();
  }

  private async some(most: number): Promise<Buffer> {
    while (this.rest.length === 0) {
      const chunk = await this.chunks.next();
      if (chunk.done === true) throw broken('breaks off');
      this.rest = Buffer.from(chunk.value.buffer, chunk.value.byteOffset, chunk.value.byteLength);
    }
    const part = this.rest.subarray(0, most);
    this.rest = this.rest.subarray(part.length);
    return part;
  }
}

async function drain(content: AsyncIterable<Buffer>): Promise<void> {
  const chunks = content[Symbol.asyncIterator]();
  while ((await chunks.next()).done !== true);
}

function checkSum(header: Buffer): void {
  let sum = 8 * 0x20;
  for (let at = 0; at < BLOCK; at++) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  if (sum !== number(undefined, header, 148, 8)) throw broken('has a damaged header');
}

/** A decimal pax record, else the header's octal digits or, with its first bit set, GNU's binary. */
function number(
  record: Buffer | undefined,
  header: Buffer,
  offset: number,
  length: number,
): number {
  if (record !== undefined) return Math.trunc(Number(record.toString('latin1')));
  const field = header.subarray(offset, offset + length);
  const first = field[0] ?? 0;
  if ((first & 0x80) === 0) return Number.parseInt(field.toString('latin1').trim(), 8) || 0;
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, first & 0x7f);
}

/** `<length> <keyword>=<value>\n`, one after the other; a value can hold any byte. */
function* extendedRecords(data: Buffer): Generator<[string, Buffer]> {
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(' ', at);
    const length = Number(data.toString('latin1', at, Math.max(space, at)));
    const equals = data.indexOf('=', space);
    if (!(length > 0) || at + length > data.length || equals < 0 || equals >= at + length) {
      throw broken('has a damaged extended header');
    }
    yield [data.toString('utf8', space + 1, equals), data.subarray(equals + 1, at + length - 1)];
    at += length;
  }
}

function attributes(extended: ReadonlyMap<string, Buffer>): Map<string, Buffer> {
  const found = [...extended].filter(([keyword]) => keyword.startsWith(XATTR));
  return new Map(found.map(([keyword, value]) => [keyword.slice(XATTR.length), value]));
}

/** The prefix counts in POSIX archives only: GNU's older ones have times in its place. */
function ustarPath(header: Buffer): Buffer {
  const name = untilNul(header.subarray(0, 100));
  const prefix = untilNul(header.subarray(345, 500));
  if (header.toString('latin1', 257, 263) !== 'ustar\0' || prefix.length === 0) return name;
  return Buffer.concat([prefix, Buffer.from('/'), name]);
}

function untilNul(field: Buffer): Buffer {
  const end = field.indexOf(0);
  return end < 0 ? field : field.subarray(0, end);
}

function plainPath(path: string): string {
  return path
    .replace(/^(\.?\/)+/, '')
    .replace(/\/+$/, '')
    .replace(/^\.$/, '');
}

function broken(reason: string): BuildenvError {
  return new BuildenvError('engine-failed', `The engine's archive ${reason}`, {
    hint: 'Run the command again; if it stays so, look into the log of the engine.',
  });
}
