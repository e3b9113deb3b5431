import type { ArchiveEntry } from '../archive/archive-entry';
import { splitLayers } from './split-layers';

const metadata = { mode: 0o755, uid: 0, gid: 0, mtime: 1 };
const MB = 2 ** 20;
const limits = { small: 256 * MB, enough: 96 * MB, most: 192 * MB };

/** 2,000 files in 20 folders. */
function tree(sizeOf: (index: number) => number): ArchiveEntry[] {
  const entries: ArchiveEntry[] = [{ ...metadata, kind: 'folder', path: 'opt' }];
  for (let index = 0; index < 2000; index++) {
    const folder = `opt/${String(Math.floor(index / 100)).padStart(2, '0')}`;
    if (index % 100 === 0) entries.push({ ...metadata, kind: 'folder', path: folder });
    const path = `${folder}/${String(index).padStart(4, '0')}`;
    entries.push({ ...metadata, kind: 'file', path, source: path, size: sizeOf(index) });
  }
  return entries;
}

const paths = (layer: readonly ArchiveEntry[]) => layer.map(({ path }) => path);
const bytes = (layer: readonly ArchiveEntry[]) =>
  layer.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0);

test('what is small is one layer, and nothing is none', () => {
  const entries = tree(() => limits.small / 2000);
  expect(splitLayers(entries, limits)).toEqual([entries]);
  expect(splitLayers([], limits)).toEqual([]);
});

test('layers are neither small nor large, and hold everything once, in order', () => {
  const entries = tree(() => MB);
  const layers = splitLayers(entries, limits);
  expect(layers.length).toBeGreaterThan(8);
  for (const layer of layers.slice(0, -1)) {
    expect(bytes(layer)).toBeGreaterThanOrEqual(limits.enough);
    expect(bytes(layer)).toBeLessThanOrEqual(limits.most);
  }
  const files = (list: readonly ArchiveEntry[]) =>
    paths(list.filter(({ kind }) => kind === 'file'));
  expect(layers.flatMap(files)).toEqual(files(entries));
  expect(layers.map(paths)).toEqual(layers.map((layer) => paths(layer).sort()));
});

test('each layer has the folders that lead to what it holds', () => {
  for (const layer of splitLayers(
    tree(() => MB),
    limits,
  )) {
    const there = new Set(paths(layer));
    for (const { path } of layer.filter(({ kind }) => kind === 'file')) {
      expect(there).toContain(path.slice(0, path.lastIndexOf('/')));
    }
    expect(there).toContain('opt');
  }
});

test('a file that comes or grows leaves the layers after the next end as they are', () => {
  const before = splitLayers(
    tree(() => MB),
    limits,
  ).map((layer) => paths(layer).at(-1));
  const grown = splitLayers(
    tree((index) => (index === 1 ? 20 * MB : MB)),
    limits,
  );
  const after = grown.map((layer) => paths(layer).at(-1));
  expect(after.filter((end) => before.includes(end)).length).toBeGreaterThan(before.length / 2);
});

test('a file larger than a layer is one', () => {
  const layers = splitLayers(
    tree((index) => (index === 500 ? 2 * limits.most : 1000)),
    limits,
  );
  expect(layers.map(bytes)).toEqual([500 * 1000, 2 * limits.most, 1499 * 1000]);
});
