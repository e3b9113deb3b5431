import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ArchiveEntry } from '../archive/archive-entry';
import { configOverBase, entriesOverBase } from './over-base';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'over-base-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const metadata = { mode: 0o755, uid: 0, gid: 0, mtime: 1 };
const config = { env: {}, labels: {}, exposedPorts: [], volumes: [] };

function file(path: string, content: string, name = path.replaceAll('/', '-')): ArchiveEntry {
  const source = join(folder, name);
  writeFileSync(source, content);
  return { ...metadata, kind: 'file', path, source, size: content.length };
}

const dir = (path: string, mode = 0o755): ArchiveEntry => ({
  ...metadata,
  kind: 'folder',
  path,
  mode,
});

/** Paths and modes that are stored; a folder is on the way unless it is named. */
function stored(
  entries: readonly ArchiveEntry[],
  below: readonly ArchiveEntry[],
  selectedFolders: readonly string[] = [],
) {
  const selected = entries.filter(({ kind }) => kind !== 'folder').map(({ path }) => path);
  const contents = new Map(below.map((entry) => [entry.path, entry]));
  const base = { reference: 'n/base:t', contents, config };
  return entriesOverBase('top', entries, new Set([...selected, ...selectedFolders]), base).map(
    ({ path, mode }) => `${mode.toString(8)} ${path}`,
  );
}

test('what the base has, byte for byte, is not stored again, wherever it comes from', () => {
  const below = [dir('opt'), file('opt/a', 'same'), file('opt/b', 'old!')];
  const entries = [dir('opt'), file('opt/a', 'same', 'other'), file('opt/b', 'new!', 'newer')];
  expect(stored(entries, below)).toEqual(['755 opt', '755 opt/b']);
  expect(stored(entries.slice(0, 2), below)).toEqual([]);
});

test('a file with another mode, owner or attribute is stored', () => {
  const below = [file('a', 'x')];
  const [entry] = below;
  if (entry?.kind !== 'file') throw new Error('no file');
  expect(stored([{ ...entry, mode: 0o700 }], below)).toEqual(['700 a']);
  expect(stored([{ ...entry, uid: 1 }], below)).toEqual(['755 a']);
  expect(stored([{ ...entry, xattrs: { 'user.a': '' } }], below)).toEqual(['755 a']);
});

test('a folder on the way is as the base has it, one that was selected as the distro has it', () => {
  const below = [dir('opt', 0o700), dir('var', 0o700)];
  const entries = [dir('opt'), file('opt/a', 'x'), dir('var')];
  expect(stored(entries, below)).toEqual(['700 opt', '755 opt/a']);
  expect(stored(entries, below, ['opt', 'var'])).toEqual(['755 opt', '755 opt/a', '755 var']);
});

test('a folder where the base has a link is an error, and all of them are told', () => {
  const link = (path: string): ArchiveEntry => ({ ...metadata, kind: 'link', path, target: 'usr' });
  const entries = [dir('bin'), file('bin/a', 'x'), dir('lib'), file('lib/b', 'x')];
  expect(() => stored(entries, [link('bin'), link('lib')])).toThrow(
    [
      'Distro top: 2 problems',
      '  /bin is a folder here and a link in n/base:t',
      '  /lib is a folder here and a link in n/base:t',
    ].join('\n'),
  );
});

test('arguments of the base go with its entrypoint', () => {
  const base = { ...config, entrypoint: ['/km'], cmd: ['/hello'], env: { A: '1', B: '1' } };
  expect(configOverBase({ ...config, env: { B: '2' } }, base)).toMatchObject({
    entrypoint: ['/km'],
    cmd: ['/hello'],
    env: { A: '1', B: '2' },
  });
  const own = configOverBase({ ...config, entrypoint: ['/python'] }, base);
  expect(own).toMatchObject({ entrypoint: ['/python'], cmd: undefined });
});
