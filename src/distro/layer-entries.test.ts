import type { DistroFileSpec, DistroSpec } from './distro-spec';
import { layerEntries } from './layer-entries';
import type { SelectedEntry } from './selection';

const TIME = 1_600_000_000;
const config = { env: {}, labels: {}, exposedPorts: [], volumes: [] };

function spec(...files: Partial<DistroFileSpec>[]): DistroSpec {
  return {
    name: 'km',
    files: files.map((file) => ({ from: '/src', to: '/', uid: 0, gid: 0, ...file })),
    config,
  };
}

const file = (path: string, index = 0): SelectedEntry => ({
  kind: 'file',
  index,
  source: `/src/${path}`,
  path,
  size: 1,
  executable: false,
});
const folder = (path: string, index = 0): SelectedEntry => ({
  kind: 'folder',
  index,
  source: `/src/${path}`,
  path,
});
const link = (path: string, index = 0): SelectedEntry => ({
  kind: 'link',
  index,
  source: `/src/${path}`,
  path,
  target: 'target',
});

test('entries are sorted by bytes, with the folders that lead to them', () => {
  const selected = [file('opt/a/x'), file('opt/a-b'), file('opt/\u{1f600}'), file('opt/\uff5e')];
  const entries = layerEntries(spec({}), selected, TIME);

  expect(entries.map(({ path }) => path)).toEqual([
    'opt',
    'opt/a',
    'opt/a-b',
    'opt/a/x',
    'opt/\uff5e',
    'opt/\u{1f600}',
  ]);
  expect(entries[0]).toEqual({
    kind: 'folder',
    path: 'opt',
    mode: 0o755,
    uid: 0,
    gid: 0,
    mtime: TIME,
  });
  expect(layerEntries(spec({}), selected.toReversed(), TIME)).toEqual(entries);
});

test('modes are normalised, owners and time given', () => {
  const selected = [
    folder('d'),
    file('d/text'),
    { ...file('d/km'), executable: true },
    link('d/l'),
  ];
  const entries = layerEntries(spec({ uid: 7, gid: 8 }), selected, TIME);

  expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
    ['d', 0o755],
    ['d/km', 0o755],
    ['d/l', 0o777],
    ['d/text', 0o644],
  ]);
  for (const entry of entries) expect(entry).toMatchObject({ uid: 7, gid: 8, mtime: TIME });
});

test.each([
  [0o640, 0o640, 0o750],
  [0o4711, 0o4711, 0o711],
  [0o600, 0o600, 0o700],
])('mode %o is the mode of files, folders can be entered', (mode, fileMode, folderMode) => {
  const entries = layerEntries(spec({ mode }), [folder('d'), file('d/f')], TIME);
  expect(entries.map((entry) => entry.mode)).toEqual([fileMode, folderMode].reverse());
});

test('the root of the image has no entry', () => {
  expect(layerEntries(spec({}), [folder(''), file('f')], TIME).map(({ path }) => path)).toEqual([
    'f',
  ]);
});

test('two folders become one, with the later metadata', () => {
  const files = spec({ uid: 1 }, { uid: 2 });
  const entries = layerEntries(files, [folder('d', 0), folder('d', 1), file('d/f', 0)], TIME);
  expect(entries.map(({ path, uid }) => [path, uid])).toEqual([
    ['d', 2],
    ['d/f', 1],
  ]);
});

test('everything that meets at one path is told, all at once', () => {
  const selected = [file('a', 0), link('a', 1), file('b', 0), folder('b', 1), link('l', 0)];
  expect(() => layerEntries(spec({}, {}), [...selected, file('l/x', 1)], TIME)).toThrow(
    [
      'Distro km: 3 problems',
      '  /a is /src/a (files[0]) and /src/a (files[1])',
      '  /b is /src/b (files[0]) and /src/b (files[1])',
      '  /l is /src/l (files[0]) and the folder of /src/l/x (files[1])',
    ].join('\n'),
  );
});
