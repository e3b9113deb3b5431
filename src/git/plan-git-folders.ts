import { isAbsolute, relative } from 'node:path';
import type { GitLayout } from './git-layout';

/** A file or folder that git needs in a run, at its own path. */
export interface GitFolder {
  path: string;
  readOnly: boolean;
}

/**
 * What must be mounted beside a tree so that git says inside what it says outside. What steers git in
 * other work trees of the repository (hooks, configuration) is read-only: a run could otherwise have
 * programs started on the host by whoever uses git there next. Pure.
 * @param root absolute path of the tree that is mounted already
 * @param home absolute path: a work tree that is or holds the caller's home is not mounted for the
 * sake of a folder in it
 */
export function planGitFolders(layout: GitLayout, root: string, home: string): GitFolder[] {
  const { top, gitDir, commonDir, guarded } = layout;
  if (top !== root && isInside(home, top)) return [];
  const folders: GitFolder[] = [];
  if (top !== root) folders.push({ path: top, readOnly: true });
  if (!isInside(commonDir, root)) {
    folders.push({ path: commonDir, readOnly: false });
    folders.push(...guarded.map((path) => ({ path, readOnly: true })));
  }
  if (gitDir !== commonDir && !isInside(gitDir, root)) {
    folders.push({ path: gitDir, readOnly: false });
  }
  return folders;
}

/** Paths of those folders that are in no other of them. */
export function outermost(folders: readonly GitFolder[]): string[] {
  const paths = folders.map(({ path }) => path);
  return paths.filter((path) => !paths.some((other) => other !== path && isInside(path, other)));
}

/**
 * Variables that make git take a tree of another owner, which it refuses to a caller who says nothing
 * of it in the home that a run does not see.
 * @see git-config(1), `safe.directory` and `GIT_CONFIG_COUNT`
 */
export function planGitVariables(layout: GitLayout, uid: number): Record<string, string> {
  if (layout.owners.every((owner) => owner === uid)) return {};
  return {
    GIT_CONFIG_COUNT: '1',
    GIT_CONFIG_KEY_0: 'safe.directory',
    GIT_CONFIG_VALUE_0: '*',
  };
}

/** Whether a path is a folder or something below it. */
function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith('../') && !isAbsolute(way);
}
