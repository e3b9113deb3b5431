import { lstatSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveEntry } from '../archive/archive-entry';
import { isRacy, layerKey } from './layer-key';

let folder: string;
let entry: ArchiveEntry;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'layer-key-'));
  const source = join(folder, 'a');
  writeFileSync(source, 'content');
  entry = { kind: 'file', path: 'a', source, size: 7, mode: 0o644, uid: 0, gid: 0, mtime: 0 };
});
afterEach(() => rmSync(folder, { recursive: true }));

const source = () => join(folder, 'a');

test('is the same for the same entries and files, and another for other entries', () => {
  const key = layerKey([entry]);
  expect(layerKey([entry])).toEqual(key);
  expect(layerKey([{ ...entry, mode: 0o755 }])?.key).not.toBe(key?.key);
});

test('is another where a file was written, even with its size and time put back', () => {
  const key = layerKey([entry]);
  const { atime, mtime } = lstatSync(source());
  // The clock of inodes moves in ticks; another content needs another tick.
  while (layerKey([entry])?.key === key?.key) {
    writeFileSync(source(), 'CONTENT');
    utimesSync(source(), atime, mtime);
  }
  expect(lstatSync(source()).mtimeMs).toBeCloseTo(mtime.getTime(), 0);
});

test('there is none where a file is missing', () => {
  rmSync(source());
  expect(layerKey([entry])).toBeUndefined();
});

test('a file that was just written is not to be trusted yet', () => {
  const { ctimeMs } = lstatSync(source());
  const key = layerKey([entry]) ?? { key: '', newest: 0 };
  expect(isRacy(key, ctimeMs)).toBe(true);
  expect(isRacy(key, ctimeMs - 1000)).toBe(true);
  expect(isRacy(key, ctimeMs + 1000)).toBe(false);
});
