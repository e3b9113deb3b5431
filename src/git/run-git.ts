import { execFile } from 'node:child_process';

/** Bytes: the status of a tree with very many changes. */
const MAX_OUTPUT = 1 << 28;

export type GitConfig = readonly (readonly [key: string, value: string])[];

/**
 * A tree that belongs to somebody else is read all the same (git refuses that, since the tree's own
 * configuration can name programs to run), but none of those programs is started: no file system
 * monitor, no hook, no transport of a partial clone.
 */
const READ_ONLY: GitConfig = [
  ['safe.directory', '*'],
  ['core.fsmonitor', 'false'],
  ['core.hooksPath', '/dev/null'],
];

/**
 * Runs git for a folder and gives what it prints, undefined where git fails or is not installed.
 *
 * @param env the caller's environment; its `GIT_*` variables, which a hook has and which name
 * another repository, are left out
 * @param config configuration on top of the repository's own
 * @param protocols that git may use to reach other repositories, with `:` between them
 */
export async function runGit(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  args: readonly string[],
  config: GitConfig = [],
  protocols = 'none',
): Promise<string | undefined> {
  const gitEnv = Object.fromEntries(
    Object.entries(env).filter(([name]) => !name.startsWith('GIT_')),
  );
  const settings = [...READ_ONLY, ...config];
  gitEnv['GIT_CONFIG_COUNT'] = String(settings.length);
  settings.forEach(([key, value], index) => {
    gitEnv[`GIT_CONFIG_KEY_${index}`] = key;
    gitEnv[`GIT_CONFIG_VALUE_${index}`] = value;
  });
  gitEnv['GIT_OPTIONAL_LOCKS'] = '0';
  gitEnv['GIT_ALLOW_PROTOCOL'] = protocols;

  return new Promise((resolve) => {
    const options = { cwd: folder, env: gitEnv, maxBuffer: MAX_OUTPUT };
    execFile('git', args, options, (error, stdout) => resolve(error === null ? stdout : undefined));
  });
}
