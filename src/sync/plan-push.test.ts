import { lostEntries, planFirst, planPush } from './plan-push';
import type { SyncedEntry, TreeEntry, VolumeChanges, VolumeEntry } from './tree-entry';

const entry = (path: string, changes: Partial<TreeEntry> = {}): TreeEntry => {
  const kind = path.includes('.') ? 'file' : 'folder';
  return { path, kind, mode: 0o644, uid: 0, gid: 0, size: 3, mtimeMs: 1000, ...changes };
};
const tree = [entry('a'), entry('a/x.c'), entry('a/b'), entry('a/b/y.c'), entry('z.c')];
const synced = (entries: readonly TreeEntry[] = tree): ReadonlyMap<string, SyncedEntry> =>
  new Map(entries.map((one) => [one.path, { ...one, volumeMtime: '1' }]));

function changed(
  folders: readonly string[],
  entries: Readonly<Record<string, Partial<VolumeEntry>>>,
): VolumeChanges {
  const listed = Object.entries(entries).map(([path, changes]): [string, VolumeEntry] => {
    const { kind, mode, size } = entry(path);
    return [path, { path, kind, mode, size, mtime: '1', ...changes }];
  });
  return { folders: new Set(folders), entries: new Map(listed) };
}
const NOTHING = changed([], {});
const paths = (entries: readonly TreeEntry[]) => entries.map(({ path }) => path);

test('nothing is done where nothing is new', () => {
  expect(planPush(tree, synced(), NOTHING, [])).toEqual({ remove: [], put: [] });
});

test.each<[string, Partial<TreeEntry>]>([
  ['content', { size: 4 }],
  ['time', { mtimeMs: 1000.25 }],
  ['mode', { mode: 0o755 }],
  ['owner', { uid: 7 }],
  ['group', { gid: 7 }],
  ['kind', { kind: 'link' }],
])('an entry of another %s is put', (_name, changes) => {
  const edited = tree.with(1, entry('a/x.c', changes));
  expect(paths(planPush(edited, synced(), NOTHING, []).put)).toEqual(['a/x.c']);
});

test("a folder's time and size say nothing", () => {
  const edited = tree.with(0, entry('a', { mtimeMs: 2, size: 9 }));
  expect(planPush(edited, synced(), NOTHING, []).put).toEqual([]);
});

test('what is gone is removed once, with all that is below', () => {
  expect(planPush([entry('z.c')], synced(), NOTHING, [])).toEqual({ remove: ['a'], put: [] });
});

test('a volume of which nothing is known is emptied', () => {
  const there = changed([''], { old: {}, 'old/x.c': {} });
  expect(planFirst(tree, there, [])).toEqual({ remove: ['old'], put: tree });
});

test('a folder that something is mounted on is never removed', () => {
  const there = changed([''], { old: {}, 'old/cache': {}, 'old/cache/x.c': {}, 'old/y.c': {} });
  expect(planFirst(tree, there, ['old/cache']).remove).toEqual(['old/cache/x.c', 'old/y.c']);
  expect(planPush([entry('z.c')], synced(), NOTHING, ['a/b']).remove).toEqual(['a/x.c', 'a/b/y.c']);
});

describe('what a run changed', () => {
  const lost = (changes: VolumeChanges) => [...lostEntries(synced(), changes)];

  test('is put again where it is of the tree', () => {
    expect(lost(changed([], { 'a/x.c': { mtime: '2' } }))).toEqual(['a/x.c']);
    expect(lost(changed([], { 'a/x.c': { mode: 0o600 }, 'a/b': { mode: 0 } }))).toEqual([
      'a/x.c',
      'a/b',
    ]);
  });

  test('is nothing where it was only looked at, or the run made it', () => {
    expect(lost(changed([], { 'a/x.c': {}, a: { mtime: '5' }, 'a/made.o': {} }))).toEqual([]);
  });

  test('and removed is put again, with all that was below', () => {
    expect(lost(changed(['a'], { 'a/x.c': {} }))).toEqual(['a/b', 'a/b/y.c']);
    expect(lost(changed([''], { a: { kind: 'link' }, 'z.c': {} }))).toEqual([
      'a',
      'a/x.c',
      'a/b',
      'a/b/y.c',
    ]);
  });
});
