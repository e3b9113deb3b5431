import { layerEntries } from './layer-entries';
import type { SelectedEntry } from './selection';

const TIME = 1_600_000_000;
const config = { env: {}, labels: {}, exposedPorts: [], volumes: [] };
const spec = { name: 'km', files: [], config };

const selected = (path: string, mode: number, index: number) => {
  return { by: `files[${index}]`, origin: `/src/${path}`, path, mode, uid: 7, gid: 8 };
};
const file = (path: string, index = 0): SelectedEntry => {
  return { ...selected(path, 0o640, index), kind: 'file', source: `/src/${path}`, size: 1 };
};
const folder = (path: string, index = 0): SelectedEntry => {
  return { ...selected(path, 0o750, index), kind: 'folder' };
};
const link = (path: string, index = 0): SelectedEntry => {
  return { ...selected(path, 0o777, index), kind: 'link', target: 'target' };
};

test('entries are sorted by bytes, with the folders that lead to them', () => {
  const files = [file('opt/a/x'), file('opt/a-b'), file('opt/\u{1f600}'), file('opt/\uff5e')];
  const entries = layerEntries(spec, files, TIME);

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
  expect(layerEntries(spec, files.toReversed(), TIME)).toEqual(entries);
});

test('what is selected keeps its mode and owner, and gets the time', () => {
  const entries = layerEntries(spec, [folder('d'), file('d/text'), link('d/l')], TIME);
  expect(entries.map(({ path, mode }) => [path, mode])).toEqual([
    ['d', 0o750],
    ['d/l', 0o777],
    ['d/text', 0o640],
  ]);
  for (const entry of entries) expect(entry).toMatchObject({ uid: 7, gid: 8, mtime: TIME });
});

test('the root of the image has no entry', () => {
  const entries = layerEntries(spec, [folder(''), file('f')], TIME);
  expect(entries.map(({ path }) => path)).toEqual(['f']);
});

test('two folders become one, with the later metadata', () => {
  const later = { ...folder('d', 1), uid: 2 };
  const entries = layerEntries(spec, [folder('d', 0), later, file('d/f', 0)], TIME);
  expect(entries.map(({ path, uid }) => [path, uid])).toEqual([
    ['d', 2],
    ['d/f', 7],
  ]);
});

test('everything that meets at one path is told, all at once', () => {
  const entries = [file('a', 0), link('a', 1), file('b', 0), folder('b', 1), link('l', 0)];
  expect(() => layerEntries(spec, [...entries, file('l/x', 1)], TIME)).toThrow(
    [
      'Distro km: 3 problems',
      '  /a is /src/a (files[0]) and /src/a (files[1])',
      '  /b is /src/b (files[0]) and /src/b (files[1])',
      '  /l is /src/l (files[0]) and the folder of /src/l/x (files[1])',
    ].join('\n'),
  );
});
