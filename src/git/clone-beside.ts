import { runGit } from './run-git';

/**
 * Makes a folder a repository with the history, branch and tags of a work tree and without its files.
 * Its objects stay where they are, and nothing is written there; it has no remotes, so that nothing
 * can be pushed there either.
 * @param source top folder of the work tree
 * @param folder does not exist yet
 * @returns whether it was made: not where the source is no work tree, or git is not installed
 */
export async function cloneBeside(
  source: string,
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const clone = ['clone', '--quiet', '--shared', '--no-checkout', '--', source, folder];
  if ((await runGit(source, env, clone, [], 'file')) === undefined) return false;
  await runGit(folder, env, ['remote', 'remove', 'origin']);
  return true;
}

/** Takes the files that are in a work tree for changes of its commit, as in one that was checked out. */
export async function resetIndex(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  await runGit(folder, env, ['reset', '--quiet']);
}
