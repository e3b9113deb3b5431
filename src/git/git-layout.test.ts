import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findGitLayout } from './git-layout';

let folder: string;
let repository: string;
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'git-layout-')));
  repository = join(folder, 'main');
  mkdirSync(repository);
  git('init', '--quiet');
  git('commit', '--quiet', '--allow-empty', '--message=First');
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(...args: readonly string[]): void {
  const config = ['user.name=T', 'user.email=t@example.com', 'protocol.file.allow=always'];
  execFileSync('git', [...config.flatMap((one) => ['-c', one]), ...args], { cwd: repository });
}

function dotGit(path: string, text: string): string {
  const tree = join(folder, path);
  mkdirSync(tree, { recursive: true });
  writeFileSync(join(tree, '.git'), text);
  return tree;
}

const refused = (reason: RegExp) =>
  expect.objectContaining({
    code: 'host',
    message: expect.stringMatching(reason) as string,
  }) as Error;

test('a plain repository keeps all in .git', () => {
  const gitDir = join(repository, '.git');
  expect(findGitLayout(repository)).toMatchObject({ top: repository, gitDir, commonDir: gitDir });
});

test('a folder in a repository belongs to it, one in none to none', () => {
  mkdirSync(join(repository, 'a/.git'), { recursive: true });
  expect(findGitLayout(join(repository, 'a'))?.top).toBe(repository);
  expect(findGitLayout(folder)).toBeUndefined();
});

describe('a linked work tree', () => {
  beforeEach(() => git('worktree', 'add', '--quiet', '../linked'));
  const commonDir = () => join(repository, '.git');
  const gitDir = () => join(commonDir(), 'worktrees/linked');

  test('has its own git folder in the shared one', () => {
    const top = join(folder, 'linked');
    expect(findGitLayout(top)).toMatchObject({ top, gitDir: gitDir(), commonDir: commonDir() });
  });

  test('may name it by a relative path', () => {
    const top = dotGit('linked', 'gitdir: ../main/.git/worktrees/linked\n');
    writeFileSync(join(gitDir(), 'gitdir'), '../../../../linked/.git\n');
    expect(findGitLayout(top)).toMatchObject({ top, gitDir: gitDir(), commonDir: commonDir() });
  });

  test('guards hooks, made where there are none, and what other work trees are told by', () => {
    rmSync(join(commonDir(), 'hooks'), { recursive: true, force: true });
    const { guarded } = findGitLayout(join(folder, 'linked')) ?? {};
    expect(guarded).toEqual(
      ['hooks', 'config', 'worktrees'].map((name) => join(commonDir(), name)),
    );
    expect(existsSync(join(commonDir(), 'hooks'))).toBe(true);
  });

  test("is refused where it names another one's git folder", () => {
    const top = dotGit('thief', `gitdir: ${gitDir()}\n`);
    expect(() => findGitLayout(top)).toThrow(refused(/thief\/\.git .*another work tree/));
  });

  test('is refused where the repository does not know it', () => {
    const top = dotGit('thief', 'gitdir: fake\n');
    cpSync(gitDir(), join(top, 'fake'), { recursive: true });
    writeFileSync(join(top, 'fake/commondir'), commonDir());
    writeFileSync(join(top, 'fake/gitdir'), join(top, '.git'));
    expect(() => findGitLayout(top)).toThrow(refused(/another work tree/));
  });
});

describe('a submodule', () => {
  test('has its git folder in that of the repository around it', () => {
    git('clone', '--quiet', '--bare', '.', '../library.git');
    git('submodule', '--quiet', 'add', '../library.git', 'a/library');
    const top = join(repository, 'a/library');
    const gitDir = join(repository, '.git/modules/a/library');
    expect(findGitLayout(top)).toMatchObject({ top, gitDir, commonDir: gitDir });
  });

  test('that is none is refused: the git folder does not name it', () => {
    const top = dotGit('thief', 'gitdir: ../main/.git\n');
    expect(() => findGitLayout(top)).toThrow(refused(/another work tree/));
  });
});

test.each([
  ['a folder that is not git’s', 'gitdir: ../.ssh\n', /\.ssh is no git folder/],
  ['nothing', 'gitdir: ../nowhere\n', /nowhere is no git folder/],
  ['an absolute path', 'gitdir: /etc\n', /\/etc is no git folder/],
  ['no path at all', 'hello\n', /does not name a git folder/],
  ['too long a path', `gitdir: ${'x'.repeat(20_000)}\n`, /does not name a git folder/],
])('a .git file that points at %s is refused', (_name, text, reason) => {
  const top = dotGit('hostile', text);
  mkdirSync(join(dirname(top), '.ssh'));
  expect(() => findGitLayout(top)).toThrow(refused(reason));
});
