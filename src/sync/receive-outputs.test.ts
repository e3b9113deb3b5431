import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { receiveOutputs } from './receive-outputs';
import type { VolumeEntry } from './tree-entry';

let folder: string;
let root: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'receive-outputs-'));
  root = join(folder, 'tree');
  mkdirSync(root);
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = (path: string): VolumeEntry => {
  return { path, kind: 'file', mode: 0o644, size: 3, mtime: '1000000000000000000' };
};

/** An engine that hands over what it likes. */
const agent = (meanwhile: () => void, changes: Partial<VolumeEntry> = {}) => ({
  async fetch(
    paths: readonly string[],
    receive: (entry: VolumeEntry, content: AsyncIterable<Buffer>) => Promise<void>,
  ): Promise<void> {
    for (const path of paths) {
      await receive({ ...file(path), ...changes }, content());
    }
    meanwhile();
  },
});

async function* content(): AsyncGenerator<Buffer> {
  yield await Promise.resolve(Buffer.from('bad'));
}

const receive = (from: ReturnType<typeof agent>, paths: readonly string[]) =>
  receiveOutputs(from, { folders: [], fetch: paths.map(file), remove: [] }, root, 100);

test('files come to their places, with nothing left beside', async () => {
  const { written } = await receive(
    agent(() => undefined),
    ['out/a/b', 'c'],
  );
  expect(readFileSync(join(root, 'out/a/b'), 'utf8')).toBe('bad');
  expect(readdirSync(root)).toEqual(['c', 'out']);
  expect(written[0]).toMatchObject({ path: 'out/a/b', size: 3, mtimeMs: 1e12 });
});

test('a folder that turns into a link meanwhile is not followed', async () => {
  const outside = join(folder, 'outside');
  mkdirSync(outside);
  mkdirSync(join(root, 'out'));
  const swap = () => {
    rmSync(join(root, 'out'), { recursive: true });
    symlinkSync(outside, join(root, 'out'));
  };
  await expect(receive(agent(swap), ['c', 'out/a'])).rejects.toMatchObject({ code: 'outputs' });
  expect(readdirSync(outside)).toEqual([]);
  expect(readdirSync(root)).toEqual(['out']);
});

test('a link in the place of a file is replaced, not written to', async () => {
  const outside = join(folder, 'outside');
  writeFileSync(outside, 'mine');
  symlinkSync(outside, join(root, 'c'));
  await receive(
    agent(() => undefined),
    ['c'],
  );
  expect(readFileSync(outside, 'utf8')).toBe('mine');
  expect(readFileSync(join(root, 'c'), 'utf8')).toBe('bad');
});

test.each<[string, Partial<VolumeEntry>]>([
  ['grew beyond the limit', { size: 101 }],
  ['became a device', { kind: 'other' }],
  ['became a folder', { kind: 'folder' }],
])('what %s since it was listed is refused', async (_name, changes) => {
  const received = receive(
    agent(() => undefined, changes),
    ['a'],
  );
  await expect(received).rejects.toMatchObject({ code: 'outputs' });
  expect(readdirSync(root)).toEqual([]);
});
