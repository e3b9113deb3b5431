import { lstatSync, mkdirSync, readFileSync, realpathSync, statSync, type Stats } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { BuildenvError } from '../errors/buildenv-error';
import { coreWorktree } from './core-worktree';

/** Where git keeps what belongs to a source tree. Paths are absolute and as git names them. */
export interface GitLayout {
  /** The folder that has `.git`. */
  top: string;
  /** The git folder of this work tree. */
  gitDir: string;
  /** What all work trees of the repository share: `gitDir` itself where this is no linked one. */
  commonDir: string;
  /** What is there in `commonDir` by which git is told, in every work tree, what programs to start. */
  guarded: readonly string[];
  /** Ids of the owners of the top folder, of `.git` and of the git folder, which git compares. */
  owners: readonly number[];
}

/** In bytes: a `.git` file far beyond any path. */
const LIMIT = 16 * 1024;

/**
 * Finds the git folders of a source tree as git does: in the folder itself, else in the nearest one
 * above it. A `.git` file may name any folder of the host, so what it names must name it in turn.
 * Makes the folder for hooks where a git folder outside of the work tree has none, so that nobody
 * else can.
 * @param folder absolute path
 * @returns undefined outside of a work tree
 * @throws {BuildenvError} `host` for a `.git` file that points at something else
 * @see gitrepository-layout(5), git-worktree(1), git-submodule(1)
 */
export function findGitLayout(folder: string): GitLayout | undefined {
  for (let top = folder; ; top = dirname(top)) {
    const dotGit = join(top, '.git');
    const found = look(dotGit, lstatSync);
    if (found?.isDirectory() && isGitFolder(dotGit, dotGit)) {
      return layout(top, dotGit, dotGit);
    }
    if (found?.isFile()) return followGitFile(top, dotGit);
    if (top === dirname(top)) return undefined;
  }
}

function followGitFile(top: string, dotGit: string): GitLayout {
  const target = /^gitdir: ([^\0\n]+)\n?$/.exec(readShort(dotGit) ?? '')?.[1];
  if (target === undefined) throw refusal(dotGit, 'it does not name a git folder');
  const gitDir = resolve(top, target);
  const common = readShort(join(gitDir, 'commondir'))?.trimEnd();
  const commonDir = common === undefined ? gitDir : resolve(gitDir, common);
  if (!isGitFolder(gitDir, commonDir)) throw refusal(dotGit, `${gitDir} is no git folder`);
  const linkedBack =
    common === undefined ? isWorkTreeOf(gitDir, top) : isLinkedTo(gitDir, commonDir, dotGit);
  if (!linkedBack) throw refusal(dotGit, `${gitDir} belongs to another work tree`);
  return layout(top, gitDir, commonDir);
}

/** Whether a repository knows this as one of its linked work trees. */
function isLinkedTo(gitDir: string, commonDir: string, dotGit: string): boolean {
  const back = readShort(join(gitDir, 'gitdir'))?.trimEnd();
  const registered = join(commonDir, 'worktrees', basename(gitDir));
  return (
    back !== undefined &&
    isSame(resolve(gitDir, back), dotGit) &&
    isSame(registered, gitDir) &&
    look(registered, lstatSync)?.isDirectory() === true
  );
}

/** Whether a git folder, a submodule's, names its work tree. */
function isWorkTreeOf(gitDir: string, top: string): boolean {
  const named = ['config', 'config.worktree'].map((file) => {
    const text = readShort(join(gitDir, file));
    return text === undefined ? undefined : coreWorktree(text);
  });
  return named.some((path) => path !== undefined && isSame(resolve(gitDir, path), top));
}

function layout(top: string, gitDir: string, commonDir: string): GitLayout {
  const outside = dirname(gitDir) !== top;
  if (outside) makeHooks(commonDir);
  const names = ['hooks', 'config', 'config.worktree'];
  if (commonDir !== gitDir) names.push('modules', 'worktrees');
  return {
    top,
    gitDir,
    commonDir,
    guarded: names
      .map((name) => join(commonDir, name))
      .filter((path) => look(path, statSync) !== undefined),
    owners: [top, join(top, '.git'), gitDir].map((path) => lstatSync(path).uid),
  };
}

function makeHooks(commonDir: string): void {
  try {
    mkdirSync(join(commonDir, 'hooks'));
  } catch {
    // It is there, or the caller may not write to the git folder, and a run of theirs neither.
  }
}

function isGitFolder(gitDir: string, commonDir: string): boolean {
  return (
    look(join(gitDir, 'HEAD'), lstatSync) !== undefined &&
    look(join(commonDir, 'objects'), statSync)?.isDirectory() === true &&
    look(join(commonDir, 'refs'), statSync)?.isDirectory() === true
  );
}

function isSame(a: string, b: string): boolean {
  try {
    return realpathSync(a) === realpathSync(b);
  } catch {
    return false;
  }
}

/** Undefined where nothing is there, or where it cannot be seen. */
function look(path: string, stat: (path: string) => Stats): Stats | undefined {
  try {
    return stat(path);
  } catch {
    return undefined;
  }
}

/** Undefined for what is no file of a size that git would write. */
function readShort(file: string): string | undefined {
  const stats = look(file, statSync);
  if (!stats?.isFile() || stats.size > LIMIT) return undefined;
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function refusal(dotGit: string, reason: string): BuildenvError {
  return new BuildenvError('host', `${dotGit} cannot be followed: ${reason}`, {
    hint: 'Mend it with `git worktree repair` or `git submodule update --init`, or remove it.',
  });
}
