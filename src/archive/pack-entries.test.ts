import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { ArchiveEntry } from './archive-entry';
import { decodeName } from './byte-name';
import { archiveSize, packEntries } from './pack-entries';

const metadata = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pack-entries-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const pack = (entries: ArchiveEntry[]) => buffer(packEntries(entries));
const tar = (args: string[], input: Buffer) =>
  execFileSync('tar', args, { input, encoding: 'utf8', env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' } });

function fileEntry(path: string, content: string | Buffer): ArchiveEntry & { source: string } {
  const source = join(folder, 'source');
  writeFileSync(source, content);
  return { ...metadata, kind: 'file', path, source, size: statSync(source).size };
}

test('tar lists what the entries say', async () => {
  const archive = await pack([
    { ...metadata, kind: 'folder', path: 'opt', mode: 0o755 },
    { ...fileEntry('opt/km', 'elf'), mode: 0o4755, uid: 7, gid: 8, mtime: 1_600_000_000 },
    { ...metadata, kind: 'link', path: 'opt/link', mode: 0o777, target: 'km' },
    { ...metadata, kind: 'buffer', path: 'opt/text', content: Buffer.from('hello') },
  ]);

  expect(tar(['tv', '--numeric-owner', '--full-time'], archive).replace(/ +/g, ' ')).toBe(
    [
      'drwxr-xr-x 0/0 0 1970-01-01 00:00:00 opt/',
      '-rwsr-xr-x 7/8 3 2020-09-13 12:26:40 opt/km',
      'lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 opt/link -> km',
      '-rw-r--r-- 0/0 5 1970-01-01 00:00:00 opt/text',
      '',
    ].join('\n'),
  );
});

test('contents of every length survive, across block and chunk borders', async () => {
  const lengths = [0, 1, 511, 512, 513, 1_048_063, 1_048_064, 1_048_576, 3_000_000];
  const contents = lengths.map((length) => Buffer.alloc(length, `${length};`));
  const entries = contents.map((content, index): ArchiveEntry => {
    const source = join(folder, `source-${index}`);
    writeFileSync(source, content);
    return { ...metadata, kind: 'file', path: String(index), source, size: content.length };
  });

  const archive = await pack(entries);
  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  tar(['x', '-C', unpacked], archive);

  expect(archive.length % 512).toBe(0);
  contents.forEach((content, index) => {
    expect(readFileSync(join(unpacked, String(index))).equals(content)).toBe(true);
  });
});

test.each([
  ['100 bytes', 'n'.repeat(100)],
  ['101 bytes without a folder', 'n'.repeat(101)],
  ['255 bytes without a folder', 'n'.repeat(255)],
  ['a folder of 155 and a name of 100', `${'d'.repeat(155)}/${'n'.repeat(100)}`],
  ['a folder of 156 and a name of 100', `${'d'.repeat(156)}/${'n'.repeat(100)}`],
  ['many folders', `${'folder/'.repeat(80)}name`],
  ['non-ASCII letters', 'tschüß/日本語'],
  ['a line break', 'a\nb'],
  ['a pax record of 100 bytes, where the length grows by its own digit', 'é'.repeat(45)],
])('a name survives: %s', async (_, path) => {
  const archive = await pack([{ ...metadata, kind: 'buffer', path, content: Buffer.from('x') }]);

  expect(tar(['t', '--quoting-style=literal'], archive)).toBe(`${path}\n`);
  expect(tar(['xO'], archive)).toBe('x');
});

test('a long folder name survives with its slash', async () => {
  const path = `${'d'.repeat(120)}/${'e'.repeat(99)}`;
  expect(tar(['t'], await pack([{ ...metadata, kind: 'folder', path }]))).toBe(`${path}/\n`);
});

test.each(['t'.repeat(100), 't'.repeat(101), '../ä'])(
  'a link target survives: %s',
  async (target) => {
    const archive = await pack([{ ...metadata, kind: 'link', path: 'link', target }]);
    tar(['x', '-C', folder], archive);
    expect(readlinkSync(join(folder, 'link'))).toBe(target);
  },
);

test('names that are no UTF-8 survive, on the host and in the archive', async () => {
  const name = Buffer.from([0x61, 0xff, 0xc3, 0x28]);
  const host = Buffer.concat([Buffer.from(`${folder}/`), name]);
  writeFileSync(host, 'bytes');
  const path = decodeName(name);
  const archive = await pack([
    { ...metadata, kind: 'file', path, source: decodeName(host), size: 5 },
    { ...metadata, kind: 'link', path: 'link', target: path },
  ]);

  const unpacked = join(folder, 'unpacked');
  mkdirSync(unpacked);
  tar(['x', '-C', unpacked], archive);
  expect(readdirSync(unpacked, 'buffer')).toContainEqual(name);
  expect(readlinkSync(join(unpacked, 'link'), 'buffer')).toEqual(name);
  expect(tar(['xO', '--wildcards', 'a*'], archive)).toBe('bytes');
});

test('the names of one file are one file, where all it has is the same', async () => {
  const entry = fileEntry('a', 'content');
  const entries: ArchiveEntry[] = [
    { ...entry, inode: '1:2' } as ArchiveEntry,
    { ...entry, inode: '1:2', path: 'b' } as ArchiveEntry,
    { ...entry, inode: '1:2', path: 'private', mode: 0o600 } as ArchiveEntry,
    { ...entry, path: 'other' },
  ];
  const archive = await pack(entries);

  const lines = tar(['tv', '--numeric-owner'], archive).trimEnd().split('\n');
  expect(lines.map((line) => line.replace(/ +.*:\d\d /, ' '))).toEqual([
    '-rw-r--r-- a',
    'hrw-r--r-- b link to a',
    '-rw------- private',
    '-rw-r--r-- other',
  ]);
  expect(archiveSize(entries)).toBe(archive.length);
});

test('extended attributes arrive byte for byte', async () => {
  const capability = Buffer.from('0100000200200000000000000000000000000000', 'hex');
  const xattrs = {
    'user.text': Buffer.from('a=b\n').toString('base64'),
    'security.capability': capability.toString('base64'),
  };
  const archive = await pack([{ ...fileEntry('ping', 'elf'), xattrs } as ArchiveEntry]);

  const listing = tar(['tvv', '--xattrs', '--xattrs-include=*'], archive);
  expect(listing).toMatch(/ 20 security.capability\n.* 4 user.text/s);
  expect(archive.includes(capability)).toBe(true);
});

test('large ids and times outside the octal fields survive', async () => {
  const content = Buffer.alloc(0);
  const ids = { uid: 2_097_152, gid: 4_294_967_294 };
  const archive = await pack([
    { ...metadata, ...ids, kind: 'buffer', path: 'future', mtime: 8_589_934_592, content },
    { ...metadata, kind: 'buffer', path: 'past', mtime: -1, content },
  ]);

  const lines = tar(['tv', '--numeric-owner', '--full-time'], archive).split('\n');
  expect(lines[0]).toMatch(/2097152\/4294967294 +0 2242-03-16 12:56:32 future/);
  expect(lines[1]).toMatch(/1969-12-31 23:59:59 past/);
});

test('a size of 8 GiB is told, and read only as far as the consumer wants', async () => {
  const entry = fileEntry('big', '');
  const size = 8 * 1024 ** 3;
  truncateSync(entry.source, size);

  const stream = packEntries([{ ...entry, kind: 'file', size }]);
  const start = (await stream[Symbol.asyncIterator]().next()) as { value: Buffer };
  stream.destroy();

  expect(start.value.toString('latin1')).toContain(`19 size=${size}\n`);
});

test('the consumer gets large chunks', async () => {
  const content = Buffer.alloc(1000);
  const entries = Array.from({ length: 1000 }, (_, index): ArchiveEntry => {
    return { ...metadata, kind: 'buffer', path: String(index), content };
  });
  const chunks: unknown[] = await packEntries(entries).toArray();
  expect(chunks.length).toBeLessThan(30);
});

describe('a file that is not what was planned ends the stream with an error that names it', () => {
  const failing = async (entry: ArchiveEntry) => {
    const stream = packEntries([entry]);
    const error: unknown = await buffer(stream).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(stream.destroyed).toBe(true);
    return error;
  };

  test('gone', async () => {
    const entry = fileEntry('name', 'content');
    rmSync(entry.source);
    expect(await failing(entry)).toMatchObject({
      code: 'not-found',
      message: `${entry.source} vanished before it was packed`,
    });
  });

  test('grown', async () => {
    const entry = fileEntry('name', 'content');
    appendFileSync(entry.source, '.');
    expect(await failing(entry)).toMatchObject({
      code: 'host',
      message: `${entry.source} changed while it was being packed`,
    });
  });

  test('shorter while it is read', async () => {
    const entry = fileEntry('name', Buffer.alloc(3_000_000));
    const stream = packEntries([entry]);
    stream.once('data', () => truncateSync(entry.source, 1_000_000));
    await expect(buffer(stream)).rejects.toThrow(`${entry.source} changed`);
  });

  test('written while it is read, to the same size', async () => {
    const entry = fileEntry('name', Buffer.alloc(3_000_000));
    const stream = packEntries([entry]);
    stream.once('data', () => writeFileSync(entry.source, Buffer.alloc(3_000_000, 'x')));
    await expect(buffer(stream)).rejects.toThrow(`${entry.source} changed`);
  });

  test('now a link', async () => {
    const entry = fileEntry('name', 'content');
    rmSync(entry.source);
    symlinkSync('/etc/passwd', entry.source);
    expect(String(await failing(entry))).toContain(`${entry.source} changed`);
  });

  test('now a pipe that nobody writes to', async () => {
    const entry = fileEntry('name', 'content');
    rmSync(entry.source);
    execFileSync('mkfifo', [entry.source]);
    expect(String(await failing(entry))).toContain(`${entry.source} changed`);
  });
});

test("a consumer's error closes the file that is being read", async () => {
  const entry = fileEntry('name', Buffer.alloc(3_000_000));
  const stream = packEntries([entry]);
  const openFiles = () => readdirSync('/proc/self/fd').flatMap(descriptorTarget);

  const failure = new Error('the consumer is gone');
  const closed = new Promise((resolve) => stream.once('error', resolve));
  stream.once('data', () => {
    expect(openFiles()).toContain(entry.source);
    stream.destroy(failure);
  });

  expect(await closed).toBe(failure);
  expect(openFiles()).not.toContain(entry.source);
});

/** None for a descriptor that the test runner has closed since it was listed. */
function descriptorTarget(descriptor: string): string[] {
  try {
    return [readlinkSync(`/proc/self/fd/${descriptor}`)];
  } catch {
    return [];
  }
}
