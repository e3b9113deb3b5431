import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ciBranch } from './ci-branch';
import { runGit, type GitConfig } from './run-git';
import { sourceUrl } from './source-url';

/** What git says of a source tree. */
export interface Revision {
  /** Undefined for a detached head outside of CI. */
  branch: string | undefined;
  /** The full id of the commit that is checked out. */
  commit: string;
  /** The committer's time, Unix time in seconds. */
  commitTime: number;
  /** Whether tracked files differ from the commit, or files that are not ignored were added. */
  dirty: boolean;
  /** URL of the remote `origin`, without user and password; undefined where there is none. */
  source: string | undefined;
}

/**
 * The revision of the source tree that a folder is in, linked worktrees included. Starts no program
 * that the repository's configuration names, so the tree may belong to anybody; content filters are
 * programs too, so where one is used a file that was merely touched counts as a difference.
 *
 * @param env the caller's environment: where git is, and the branch in CI
 * @returns undefined outside of a work tree, before the first commit and without git
 */
export async function readRevision(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Revision | undefined> {
  if (!mayBeInWorkTree(folder)) return undefined;
  const git = (args: readonly string[], config?: GitConfig) => runGit(folder, env, args, config);
  const [inWorkTree, commitLines, branch, remote, filterKeys] = await Promise.all([
    git(['rev-parse', '--is-inside-work-tree']),
    git(['rev-list', '--max-count=1', '--format=%H %ct', 'HEAD']),
    git(['symbolic-ref', '--quiet', '--short', 'HEAD']),
    git(['config', '--get', 'remote.origin.url']),
    git(['config', '--null', '--name-only', '--get-regexp', '^filter\\.']),
  ]);
  const [commit, commitTime] = commitLines?.trimEnd().split('\n').at(-1)?.split(' ') ?? [];
  if (inWorkTree?.trim() !== 'true' || commit === undefined) return undefined;

  const status = await git(
    ['status', '--porcelain', '--untracked-files=normal', '--ignore-submodules=dirty'],
    withoutFilters(filterKeys),
  );
  return {
    branch: branch?.trim() ?? ciBranch(env),
    commit,
    commitTime: Number(commitTime),
    dirty: status !== '',
    source: remote === undefined ? undefined : sourceUrl(remote.trim()),
  };
}

/** Without starting git, which finds a work tree by the same. */
function mayBeInWorkTree(folder: string): boolean {
  for (let top = folder; ; top = dirname(top)) {
    if (existsSync(join(top, '.git'))) return true;
    if (top === dirname(top)) return false;
  }
}

/** @param keys the repository's `filter.*` keys, each ended by a NUL */
function withoutFilters(keys = ''): GitConfig {
  return keys
    .split('\0')
    .filter((key) => key !== '')
    .map((key) => [key, key.endsWith('.required') ? 'false' : '']);
}
