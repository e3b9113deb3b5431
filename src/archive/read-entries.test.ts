import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { readEntries } from './read-entries';

let folder: string;
let archive: Buffer;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-entries-'));
  mkdirSync(join(folder, 'etc'));
  writeFileSync(join(folder, 'etc/big'), Buffer.alloc(500_000));
  writeFileSync(join(folder, 'etc/passwd'), 'root:x:0:0::/root:/bin/sh\n');
  symlinkSync('passwd', join(folder, 'etc/link'));
  archive = execFileSync('tar', ['c', '-C', folder, './etc/big', './etc/link', './etc/passwd']);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Small chunks, as they come from a network. */
const stream = (content: Buffer) =>
  Readable.from(
    (function* () {
      for (let at = 0; at < content.length; at += 1000) yield content.subarray(at, at + 1000);
    })(),
  );

test('gives the wanted files and leaves the rest', async () => {
  const found = await readEntries(stream(archive), (name) => name === 'etc/passwd', 1000);
  expect([...found]).toEqual([['etc/passwd', Buffer.from('root:x:0:0::/root:/bin/sh\n')]]);
});

test('gives an empty file, and no links', async () => {
  writeFileSync(join(folder, 'empty'), '');
  const small = execFileSync('tar', ['c', '-C', folder, 'empty', 'etc/link']);
  const found = await readEntries(stream(small), () => true, 0);
  expect([...found]).toEqual([['empty', Buffer.alloc(0)]]);
});

test('refuses a wanted file over the limit', async () => {
  const reading = readEntries(stream(archive), (name) => name === 'etc/big', 499_999);
  await expect(reading).rejects.toMatchObject({
    code: 'engine-failed',
    message: "etc/big in the engine's archive has 500000 bytes; at most 499999 were expected",
  });
});

test('rejects with the error of a stream that fails', async () => {
  const failure = new Error('connection reset');
  const source = stream(archive);
  source.once('data', () => source.destroy(failure));
  await expect(readEntries(source, () => true, 1e6)).rejects.toBe(failure);
});

test('rejects when the stream closes or ends early', async () => {
  const closed = stream(archive);
  closed.once('data', () => closed.destroy());
  await expect(readEntries(closed, () => true, 1e6)).rejects.toThrow(/close/i);

  const cut = stream(archive.subarray(0, 100_000));
  await expect(readEntries(cut, () => true, 1e6)).rejects.toThrow('Unexpected end of data');
});

test('rejects what is no archive', async () => {
  await expect(readEntries(stream(Buffer.alloc(5000, 'x')), () => true, 1e6)).rejects.toThrow();
});
