import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeName } from '../archive/byte-name';
import type { HostFilesSpec } from './distro-spec';
import { selectHostFiles } from './select-host-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'select-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const select = (from: string, to: string, more: Partial<HostFilesSpec> = {}) =>
  selectHostFiles({ from: at(from), to, uid: 0, gid: 0, ...more }, 'files[0]');
const write = (...paths: readonly string[]) => {
  for (const path of paths) {
    mkdirSync(dirname(at(path)), { recursive: true });
    writeFileSync(at(path), path);
  }
};
const pathsOf = async (from: string, more: Partial<HostFilesSpec> = {}) => {
  const { entries, problems } = await select(from, '/opt', more);
  expect(problems).toEqual([]);
  return entries.map(({ path }) => path).sort();
};

test('a file, with its size and a mode that does not depend on the umask', async () => {
  writeFileSync(at('km'), 'elf', { mode: 0o700 });
  writeFileSync(at('text'), 'hello', { mode: 0o600 });
  const place = { by: 'files[0]', uid: 0, gid: 0, kind: 'file' };
  expect((await select('km', '/opt/bin/km')).entries).toMatchObject([
    { ...place, origin: at('km'), source: at('km'), path: 'opt/bin/km', mode: 0o755, size: 3 },
  ]);
  expect((await select('text', '/opt//share/../text')).entries).toMatchObject([
    { ...place, origin: at('text'), source: at('text'), path: 'opt/text', mode: 0o644, size: 5 },
  ]);
});

test.each([
  [0o640, 0o640, 0o750],
  [0o4711, 0o4711, 0o711],
  [0o600, 0o600, 0o700],
])('mode %o is the mode of files, folders can be entered', async (mode, ofFile, ofFolder) => {
  write('d/f');
  const { entries } = await select('d', '/d', { mode, uid: 7, gid: 8 });
  expect(Object.fromEntries(entries.map((entry) => [entry.path, entry.mode]))).toEqual({
    d: ofFolder,
    'd/f': ofFile,
  });
  expect(entries).toMatchObject([
    { uid: 7, gid: 8 },
    { uid: 7, gid: 8 },
  ]);
});

test('a folder with all that is in it, links as links', async () => {
  write('tree/a/ü', 'tree/a/b/c');
  symlinkSync('../missing', at('tree/a/link'));
  symlinkSync('a', at('tree/to-folder'));

  for (const to of ['/opt', '/opt/']) {
    const { entries, problems } = await select('tree', to);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(entries.map((entry) => [entry.path, entry.kind]))).toEqual({
      opt: 'folder',
      'opt/a': 'folder',
      'opt/a/b': 'folder',
      'opt/a/b/c': 'file',
      'opt/a/ü': 'file',
      'opt/a/link': 'link',
      'opt/to-folder': 'link',
    });
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'link', target: '../missing' }));
  }
});

test('a folder that becomes the root of the image', async () => {
  mkdirSync(at('root/etc'), { recursive: true });
  const { entries } = await select('root', '/');
  expect(entries.map(({ path }) => path)).toEqual(['', 'etc']);
});

test('what a glob matches, at its place below the part without wildcards', async () => {
  write('out/a/a.km', 'out/b/b.km', 'out/b/b.o', 'out/b/deep/c.km', 'out/.hidden/d.km', 'other.km');
  expect(await pathsOf('out/*/*.km')).toEqual(['opt/.hidden/d.km', 'opt/a/a.km', 'opt/b/b.km']);
  expect(await pathsOf('out/**/*.{km,o}')).toEqual([
    'opt/.hidden/d.km',
    'opt/a/a.km',
    'opt/b/b.km',
    'opt/b/b.o',
    'opt/b/deep/c.km',
  ]);
  expect(await pathsOf('out/[b]')).toEqual([
    'opt/b',
    'opt/b/b.km',
    'opt/b/b.o',
    'opt/b/deep',
    'opt/b/deep/c.km',
  ]);
});

test('a name with wildcards in it that is there is no glob', async () => {
  write('a[1]', 'a1');
  expect((await select('a[1]', '/opt/a')).entries).toMatchObject([{ origin: at('a[1]') }]);
  expect(await pathsOf('a[12]')).toEqual(['opt/a1']);
});

test('a glob that matches nothing is a problem', async () => {
  write('out/a');
  expect((await select('out/*.km', '/opt')).problems).toEqual([
    { by: 'files[0]', origin: at('out/*.km'), reason: 'matches nothing', missing: true },
  ]);
});

test('exclusions, by name at any depth or by path, with all that is below', async () => {
  write('t/a.o', 't/a.c', 't/sub/b.o', 't/sub/b.c', 't/tests/x', 't/sub/tests/y', 't/.git/z');
  expect(await pathsOf('t', { exclude: ['*.o', '.git'] })).toEqual([
    'opt',
    'opt/a.c',
    'opt/sub',
    'opt/sub/b.c',
    'opt/sub/tests',
    'opt/sub/tests/y',
    'opt/tests',
    'opt/tests/x',
  ]);
  expect(await pathsOf('t', { exclude: ['tests/**', '**/*.o', '.git', 'sub/tests'] })).toEqual([
    'opt',
    'opt/a.c',
    'opt/sub',
    'opt/sub/b.c',
  ]);
  expect(await pathsOf('t/**/*.c', { exclude: ['sub'] })).toEqual(['opt/a.c']);
});

test('a folder that is excluded is not read', async () => {
  write('t/a', 't/pipes/x');
  execFileSync('mkfifo', [at('t/pipes/pipe')]);
  expect(await pathsOf('t', { exclude: ['pipes'] })).toEqual(['opt', 'opt/a']);
});

test('the names of one file are told by its inode', async () => {
  write('t/a', 't/c');
  linkSync(at('t/a'), at('t/b'));
  const { entries } = await select('t', '/opt');
  const inodes = new Map(
    entries.map((entry) => [entry.path, entry.kind === 'file' ? entry.inode : undefined]),
  );
  expect(inodes.get('opt/a')).toMatch(/^\d+:\d+$/);
  expect(inodes.get('opt/b')).toBe(inodes.get('opt/a'));
  expect(inodes.get('opt/c')).toBeUndefined();
});

test('what is missing', async () => {
  write('file');
  for (const name of ['missing', 'file/below']) {
    expect((await select(name, '/x')).problems).toEqual([
      { by: 'files[0]', origin: at(name), reason: 'is not there', missing: true },
    ]);
  }
});

test('names of any bytes', async () => {
  mkdirSync(at('t'));
  execFileSync('sh', ['-c', `echo x >"$(printf 'caf\\351')"; ln -s "$(printf '\\377')" l`], {
    cwd: at('t'),
  });
  const { entries, problems } = await select('t', '/opt');
  expect(problems).toEqual([]);
  const bytes = entries.map((entry) => encodeName(entry.path).toString('latin1'));
  expect(bytes.sort()).toEqual(['opt', 'opt/caf\xe9', 'opt/l']);
  const link = entries.find((entry) => entry.kind === 'link');
  expect(encodeName(link?.kind === 'link' ? link.target : '')).toEqual(Buffer.from([0xff]));
});

test('what no image can have', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  chmodSync(at('pipe'), 0o777);
  const pipe = await select('.', '/');
  expect(pipe.problems).toMatchObject([{ origin: at('pipe'), reason: 'is a named pipe' }]);
  const device = await selectHostFiles(
    { from: '/dev/null', to: '/null', uid: 0, gid: 0 },
    'files[0]',
  );
  expect(device.problems).toMatchObject([{ reason: 'is a device', missing: false }]);
});
