import { execFile } from 'node:child_process';
import { BuildenvError } from '../errors/buildenv-error';

/** A hook's variables that name another repository than the folder's. */
const PLACES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_COMMON_DIR', 'GIT_PREFIX'];
/** Bytes: the references of a very large repository. */
const MAX_OUTPUT = 1 << 28;

/** The references of a repository elsewhere. */
export interface RemoteNames {
  branches: readonly string[];
  tags: readonly string[];
}

/**
 * Asks a remote which branches and tags it has. A clone does not know: it may be shallow, of one
 * branch, or old. Runs what the repository's configuration says for the transport, as `git fetch`.
 *
 * @param env the caller's environment
 * @throws {BuildenvError} `host` where the remote cannot be asked, or has no branch at all
 */
export async function listRemote(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  remote = 'origin',
): Promise<RemoteNames> {
  const output = await lsRemote(folder, env, remote);
  const names = output.split('\n').flatMap((line) => line.split('\t').slice(1));
  const under = (prefix: string) =>
    names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const branches = under('refs/heads/');
  if (branches.length > 0) return { branches, tags: under('refs/tags/') };
  throw new BuildenvError('host', `The remote '${remote}' of ${folder} has no branches`, {
    hint: `Look at it: git remote show ${remote}`,
  });
}

function lsRemote(
  folder: string,
  env: Readonly<Record<string, string | undefined>>,
  remote: string,
): Promise<string> {
  const gitEnv = Object.fromEntries(Object.entries(env).filter(([name]) => !PLACES.includes(name)));
  const options = {
    cwd: folder,
    env: { ...gitEnv, GIT_TERMINAL_PROMPT: '0' },
    maxBuffer: MAX_OUTPUT,
  };
  const args = ['ls-remote', '--quiet', '--refs', '--heads', '--tags', '--', remote];
  return new Promise((resolve, reject) => {
    execFile('git', args, options, (cause, stdout, stderr) => {
      if (cause === null) resolve(stdout);
      else reject(cannotAsk(folder, remote, stderr, cause));
    });
  });
}

function cannotAsk(folder: string, remote: string, stderr: string, cause: Error): BuildenvError {
  // A URL with a password in it is part of git's words.
  const [reason = cause.message] = stderr
    .trim()
    .replace(/\/\/[^/\s]*@/g, '//')
    .split('\n');
  return new BuildenvError(
    'host',
    `Cannot ask the remote '${remote}' of ${folder} for its branches: ${reason}`,
    { hint: `Make this work there: git ls-remote ${remote}`, cause },
  );
}
