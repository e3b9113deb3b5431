import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRevision } from './read-revision';

const COMMIT_TIME = 1_600_000_000;
const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };

let folder: string;
let tree: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'read-revision-'));
  tree = join(folder, 'tree');
  mkdirSync(tree);
  git('init', '--quiet', '--initial-branch=feature/a');
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: string[]): string {
  const date = `${COMMIT_TIME} +0200`;
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  return execFileSync('git', [...identity, ...args], {
    cwd: tree,
    env: { ...env, GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date },
    encoding: 'utf8',
    stdio: 'pipe',
  }).trim();
}

function commitFile(): string {
  writeFileSync(join(tree, 'file'), 'content');
  git('add', '.');
  git('commit', '--quiet', '--message=First');
  return git('rev-parse', 'HEAD');
}

test('reads branch, commit and time of a clean tree', async () => {
  const commit = commitFile();
  expect(await readRevision(tree, env)).toEqual({
    branch: 'feature/a',
    commit,
    commitTime: COMMIT_TIME,
    dirty: false,
    source: undefined,
  });
});

test('reads them from a sub-folder and from a linked worktree', async () => {
  const commit = commitFile();
  mkdirSync(join(tree, 'a/b'), { recursive: true });
  git('worktree', 'add', '--quiet', '-b', 'other', join(folder, 'linked'));

  expect(await readRevision(join(tree, 'a/b'), env)).toMatchObject({ branch: 'feature/a', commit });
  expect(await readRevision(join(folder, 'linked'), env)).toMatchObject({
    branch: 'other',
    commit,
  });
});

test.each([
  ['a changed file', 'file'],
  ['an added file', 'new'],
])('%s makes the tree dirty', async (_, name) => {
  commitFile();
  writeFileSync(join(tree, name), 'other');
  expect(await readRevision(tree, env)).toMatchObject({ dirty: true });
});

test('an ignored file and a touched file leave it clean', async () => {
  commitFile();
  writeFileSync(join(tree, '.git/info/exclude'), 'build\n');
  writeFileSync(join(tree, 'build'), '');
  utimesSync(join(tree, 'file'), 1, 1);
  expect(await readRevision(tree, env)).toMatchObject({ dirty: false });
});

test('the source is where it was cloned from, without the password', async () => {
  commitFile();
  git('remote', 'add', 'origin', 'https://me:secret@example.org/km.git');
  expect(await readRevision(tree, env)).toMatchObject({ source: 'https://example.org/km' });
});

test('a detached head has no branch but the one that CI tells', async () => {
  commitFile();
  git('checkout', '--quiet', '--detach');
  expect(await readRevision(tree, env)).toMatchObject({ branch: undefined });
  const ci = { ...env, BUILD_SOURCEBRANCH: 'refs/heads/fix' };
  expect(await readRevision(tree, ci)).toMatchObject({ branch: 'fix' });
});

test('a branch that is checked out is the branch, whatever CI tells', async () => {
  commitFile();
  const ci = { ...env, GITHUB_REF_NAME: 'main' };
  expect(await readRevision(tree, ci)).toMatchObject({ branch: 'feature/a' });
});

test("a hook's variables do not lead to another repository", async () => {
  const commit = commitFile();
  const hook = { ...env, GIT_DIR: '/nonexistent', GIT_INDEX_FILE: '/nonexistent' };
  expect(await readRevision(tree, hook)).toMatchObject({ commit, dirty: false });
});

test('nothing outside of a work tree, before the first commit and without git', async () => {
  expect(await readRevision(tree, env)).toBeUndefined();
  commitFile();
  expect(await readRevision(folder, env)).toBeUndefined();
  expect(await readRevision(join(tree, '.git'), env)).toBeUndefined();
  expect(await readRevision(join(tree, 'missing'), env)).toBeUndefined();
  expect(await readRevision(tree, { ...env, PATH: '/nonexistent' })).toBeUndefined();
});

describe('a tree that may belong to somebody else', () => {
  test('none of the programs that its configuration names is started', async () => {
    commitFile();
    const program = join(folder, 'program');
    writeFileSync(program, '#!/bin/sh\necho "$0 $*" >> "$(dirname "$0")/started"\ncat\n');
    chmodSync(program, 0o755);
    writeFileSync(join(tree, '.git/info/attributes'), '* filter=a=b\n');
    for (const name of ['clean', 'smudge', 'process']) git('config', `filter.a=b.${name}`, program);
    git('config', 'filter.a=b.required', 'true');
    git('config', 'core.fsmonitor', program);
    git('config', 'core.hooksPath', folder);
    writeFileSync(join(folder, 'post-index-change'), `#!/bin/sh\n${program}\n`, { mode: 0o755 });
    utimesSync(join(tree, 'file'), 1, 1);

    expect(await readRevision(tree, env)).toMatchObject({ branch: 'feature/a' });
    expect(existsSync(join(folder, 'started'))).toBe(false);

    expect(() => git('status', '--porcelain')).toThrow('clean filter');
    expect(existsSync(join(folder, 'started'))).toBe(true);
  });

  const asRoot = process.getuid?.() === 0 ? test : test.skip;
  asRoot('it is read although git refuses it by itself', async () => {
    const commit = commitFile();
    for (const path of ['', '.git', 'file']) chownSync(join(tree, path), 12345, 12345);
    expect(() => git('rev-parse', 'HEAD')).toThrow('dubious ownership');
    expect(await readRevision(tree, env)).toMatchObject({ commit, dirty: false });
  });
});
