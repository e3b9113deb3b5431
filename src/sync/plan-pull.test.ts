import { pathFilter } from './path-filter';
import { checkTarget, planPull } from './plan-pull';
import type { SyncedEntry, VolumeEntry } from './tree-entry';

const volumeEntry = (path: string, changes: Partial<VolumeEntry> = {}): VolumeEntry => {
  return { path, kind: 'file', mode: 0o644, size: 10, mtime: '5', ...changes };
};

function plan(
  entries: readonly VolumeEntry[],
  {
    outputs = ['out'],
    synced = [],
    folders = [],
    limit = 100,
  }: {
    outputs?: string[];
    synced?: SyncedEntry[];
    folders?: string[];
    limit?: number;
  } = {},
) {
  const changes = {
    folders: new Set(folders),
    entries: new Map(entries.map((one) => [one.path, one])),
  };
  const known = new Map(synced.map((one) => [one.path, one]));
  return planPull(changes, known, pathFilter(outputs), limit);
}

const known = (path: string): SyncedEntry => {
  const { kind, mode, size } = volumeEntry(path);
  const common = { path, mode, size, uid: 0, gid: 0, mtimeMs: 1, volumeMtime: '5' };
  return { ...common, kind: kind === 'other' ? 'file' : kind };
};
const refused = (text: RegExp) =>
  expect.objectContaining({
    code: 'outputs',
    message: expect.stringMatching(text) as string,
  }) as Error;

test('outputs that are new come, and nothing else', () => {
  const folder = volumeEntry('out', { kind: 'folder' });
  const file = volumeEntry('out/a');
  const result = plan([folder, file, volumeEntry('src/a.c'), volumeEntry('out/known')], {
    synced: [known('out/known')],
  });
  expect(result).toEqual({ folders: [folder], fetch: [file], remove: [] });
});

test('an output that is not there any more is removed', () => {
  const synced = [known('out/a'), known('out/b'), known('src.c')];
  const { remove } = plan([volumeEntry('out/b')], { synced, folders: ['out', ''] });
  expect(remove.map(({ path }) => path)).toEqual(['out/a']);
});

test('nothing comes into .git', () => {
  const inGit = ['.git/hooks/x', 'a/.git', 'a/.git/config'].map((path) => volumeEntry(path));
  expect(plan(inGit, { outputs: ['**'] }).fetch).toEqual([]);
});

test.each(['../x', 'out/../../x', '/etc/passwd', 'out//x', 'out/./x', 'out/', ''])(
  'the path %j is refused',
  (path) => {
    expect(() => plan([volumeEntry(path)], { outputs: ['**'] })).toThrow(
      refused(/leads elsewhere/),
    );
  },
);

test('what is neither file, folder nor link is refused', () => {
  expect(() => plan([volumeEntry('out/x', { kind: 'other' })])).toThrow(refused(/out\/x/));
});

test('more than the limit is refused', () => {
  const files = [volumeEntry('out/a', { size: 60 }), volumeEntry('out/b', { size: 41 })];
  expect(() => plan(files)).toThrow(refused(/more than 100 bytes/));
  expect(plan(files, { limit: 101 }).fetch).toHaveLength(2);
});

describe('a link', () => {
  test.each([
    ['out/x', 'y'],
    ['out/x', '../src/a'],
    ['out/a/x', '../../.'],
    ['out/x', '/src/km/a/b'],
    ['x', 'a/./b'],
  ])('%s to %s stays', (path, target) => {
    expect(() => checkTarget(path, target, '/src/km')).not.toThrow();
  });

  test.each([
    ['out/x', '../../x'],
    ['x', '..'],
    ['x', 'a/..'],
    ['out/x', 'deep/../../..'],
    ['out/x', '../a/../x'],
    ['x', '/etc/passwd'],
    ['x', '/src/km/../other'],
    ['x', '/src/km2'],
  ])('%s to %s is refused', (path, target) => {
    expect(() => checkTarget(path, target, '/src/km')).toThrow(refused(/out of the tree/));
  });
});
