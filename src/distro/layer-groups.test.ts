import type { ArchiveEntry } from '../archive/archive-entry';
import { layerGroups } from './layer-groups';

const MB = 2 ** 20;
const metadata = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

const file = (path: string, megabytes: number, mode = 0o644): ArchiveEntry => ({
  ...metadata,
  kind: 'file',
  path,
  mode,
  source: path,
  size: megabytes * MB,
});
const folder = (path: string): ArchiveEntry => ({ ...metadata, kind: 'folder', path, mode: 0o755 });
const paths = (groups: readonly (readonly ArchiveEntry[])[]) =>
  groups.map((group) => group.map(({ path }) => path));

test('programs are above data, and data above what is from the image', () => {
  const entries = [
    folder('lib'),
    file('lib/libc.so.6', 400),
    file('lib/libkm.so', 1),
    folder('opt'),
    file('opt/data', 100),
    file('opt/km', 1, 0o755),
  ];
  expect(paths(layerGroups(entries, new Set(['lib/libc.so.6'])))).toEqual([
    ['lib', 'lib/libc.so.6'],
    ['lib', 'opt', 'opt/data'],
    ['lib', 'lib/libkm.so', 'opt', 'opt/km'],
  ]);
});

test.each([
  ['little', [file('data', 31), file('km', 1, 0o755)]],
  ['not much more than the programs', [file('data', 100), file('km', 40, 0o755)]],
  ['all', [file('data', 100)]],
  ['nothing', [file('km', 100, 0o755)]],
])('where data is %s, there is one group', (_what, entries) => {
  expect(layerGroups(entries, new Set())).toEqual([entries]);
});

test('nothing makes no group', () => {
  expect(layerGroups([], new Set())).toEqual([]);
});
