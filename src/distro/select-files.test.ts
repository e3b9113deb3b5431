import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { selectFiles } from './select-files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'select-files-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const at = (name: string) => join(folder, name);
const select = (from: string, to: string) => selectFiles([{ from: at(from), to, uid: 0, gid: 0 }]);

test('a file, with its size and whether it can be executed', () => {
  writeFileSync(at('km'), 'elf', { mode: 0o744 });
  writeFileSync(at('text'), 'hello', { mode: 0o644 });
  const files = [
    { from: at('km'), to: '/opt/bin/km', uid: 0, gid: 0 },
    { from: at('text'), to: '/opt//share/../text', uid: 0, gid: 0 },
  ];
  expect(selectFiles(files)).toEqual({
    entries: [
      { index: 0, source: at('km'), path: 'opt/bin/km', kind: 'file', size: 3, executable: true },
      { index: 1, source: at('text'), path: 'opt/text', kind: 'file', size: 5, executable: false },
    ],
    problems: [],
  });
});

test('a file goes into the folder that ends in a slash', () => {
  writeFileSync(at('km'), '');
  expect(select('km', '/opt/bin/').entries).toMatchObject([{ path: 'opt/bin/km' }]);
  expect(select('km', '/').entries).toMatchObject([{ path: 'km' }]);
});

test('a folder with all that is in it, links as links', () => {
  mkdirSync(at('tree/a/b'), { recursive: true });
  writeFileSync(at('tree/a/ü'), '');
  symlinkSync('../missing', at('tree/a/link'));
  symlinkSync('a', at('tree/to-folder'));

  for (const to of ['/opt', '/opt/']) {
    const { entries, problems } = select('tree', to);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(entries.map((entry) => [entry.path, entry.kind]))).toEqual({
      opt: 'folder',
      'opt/a': 'folder',
      'opt/a/b': 'folder',
      'opt/a/ü': 'file',
      'opt/a/link': 'link',
      'opt/to-folder': 'link',
    });
    expect(entries).toContainEqual(expect.objectContaining({ kind: 'link', target: '../missing' }));
  }
});

test('a folder that becomes the root of the image', () => {
  mkdirSync(at('root/etc'), { recursive: true });
  const { entries } = select('root', '/');
  expect(entries.map(({ path }) => path)).toEqual(['', 'etc']);
});

test('all that is missing', () => {
  writeFileSync(at('file'), '');
  const files = ['missing', 'file', 'file/below'].map((name) => ({
    from: at(name),
    to: `/${name}`,
    uid: 0,
    gid: 0,
  }));
  expect(selectFiles(files).problems).toEqual([
    { index: 0, source: at('missing'), reason: 'is not there', missing: true },
    { index: 2, source: at('file/below'), reason: 'is not there', missing: true },
  ]);
});

test('what no image can have', () => {
  execFileSync('mkfifo', [at('pipe')]);
  execFileSync('sh', ['-c', `touch "$(printf 'caf\\351')"`], { cwd: folder });
  const { problems } = select('.', '/');
  const found = new Map(problems.map(({ source, reason }) => [source, reason]));

  expect(found.get(at('pipe'))).toBe('is a named pipe');
  expect(found.get(at('caf\ufffd'))).toBe('has a name that is not UTF-8');
  expect(found.size).toBe(2);
  const device = selectFiles([{ from: '/dev/null', to: '/null', uid: 0, gid: 0 }]);
  expect(device.problems).toMatchObject([{ reason: 'is a device', missing: false }]);
});
