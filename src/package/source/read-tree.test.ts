import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { tmpdir } from 'node:os';
import { readTree } from './read-tree';

const env = { PATH: process.env['PATH'] };

let folder: string;
let tree: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-tree-'));
  tree = join(folder, 'tree');
  write('tree/main.c', 'tree/sub/part.c', 'tree/build/main.o');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(...paths: readonly string[]): void {
  for (const path of paths) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), path);
  }
}

function git(cwd: string, ...args: readonly string[]): void {
  const config = ['user.name=T', 'user.email=t@example.com', 'protocol.file.allow=always'];
  execFileSync('git', [...config.flatMap((one) => ['-c', one]), ...args], { cwd, stdio: 'pipe' });
}

function commit(cwd: string): void {
  git(cwd, 'init', '--quiet');
  git(cwd, 'add', '.');
  git(cwd, 'commit', '--quiet', '--message=All');
}

const paths = async (exclude: readonly string[] = []) =>
  (await readTree(tree, exclude, env)).map(({ path }) => path);

test('a folder is read whole, but for what is left out', async () => {
  symlinkSync('main.c', join(tree, 'link'));
  expect(await paths(['/build/'])).toEqual(['link', 'main.c', 'sub', 'sub/part.c']);
  expect(await readTree(tree, ['build', 'sub'], env)).toMatchObject([
    { kind: 'link', path: 'link', target: 'main.c' },
    { kind: 'file', path: 'main.c', source: join(tree, 'main.c'), size: 11 },
  ]);
});

test('of a git work tree it is what git tracks or would track', async () => {
  write('tree/removed.c');
  writeFileSync(join(tree, '.gitignore'), 'build/\n');
  commit(tree);
  write('tree/added.c');
  rmSync(join(tree, 'removed.c'));
  expect(await paths()).toEqual(['.gitignore', 'added.c', 'main.c', 'sub', 'sub/part.c']);
});

describe('submodules', () => {
  beforeEach(() => {
    write('module/key.c', 'module/ignored');
    writeFileSync(join(folder, 'module/.gitignore'), 'ignored\n');
    commit(join(folder, 'module'));
    commit(tree);
    git(tree, 'submodule', '--quiet', 'add', join(folder, 'module'), 'lib/module');
  });

  test('are part of the tree', async () => {
    const all = await paths(['build']);
    expect(all).toContain('lib/module/key.c');
    expect(all).not.toContain('lib/module/ignored');
    expect(all.filter((path) => path.endsWith('.git'))).toEqual([]);
  });

  test('that are not checked out are an error that says how', async () => {
    git(tree, 'commit', '--quiet', '--message=Module');
    git(tree, 'submodule', '--quiet', 'deinit', '--force', 'lib/module');
    await expect(paths()).rejects.toMatchObject({
      code: 'not-found',
      message: `The submodule ${join(tree, 'lib/module')} is not checked out`,
      hint: `Check it out: git -C ${tree} submodule update --init --recursive`,
    });
  });
});

test('what is no file, folder or link cannot be built', async () => {
  execFileSync('mkfifo', [join(tree, 'pipe')]);
  await expect(paths()).rejects.toMatchObject({
    code: 'host',
    message: `${join(tree, 'pipe')} is a named pipe`,
  });
});
