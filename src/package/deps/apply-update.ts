import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import type { DepsSpec } from '../package-spec';
import { replaceFile } from '../../host/replace-file';
import type { Rpm } from '../rpm';
import { readTree } from '../source/read-tree';
import { runUpdate } from './run-update';
import { changedPaths, verifyUpdate } from './verify-update';

export interface UpdateRequest {
  deps: DepsSpec;
  env: Readonly<Record<string, string | undefined>>;
  /** Absolute path. */
  logFile: string;
  /** Where our repository is served. */
  url: string;
  pinned: readonly Rpm[];
  rpms: readonly Rpm[];
}

export interface UpdateResult {
  /** Paths below the consuming project. */
  changed: readonly string[];
  /** All that is wrong with an update that ended well. */
  problems: readonly string[];
}

/**
 * Runs the consuming project's update and looks at what it did.
 * @throws {BuildenvError} `not-found` for a file that is not there, `build-failed` for the command
 */
export async function tryUpdate(
  { deps, env, logFile, url, pinned, rpms }: UpdateRequest,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<UpdateResult> {
  const { directory, command, files } = deps;
  const readFiles = () => files.map((file) => readFile(join(directory, file)).toString());
  readFiles();
  const before = await readTree(directory, [], env);
  await runUpdate({ directory, command, env, logFile }, onText, signal);
  const after = await readTree(directory, [], env);
  const texts = readFiles();
  const problems = verifyUpdate({ before, after, files, texts, url, pinned, rpms });
  return { changed: changedPaths({ before, after }), problems };
}

/**
 * Runs the consuming project's update and verifies what it did. Where it fails, or did something
 * else, the files that it may change are as they were before.
 * @throws {BuildenvError} as {@link tryUpdate}, and `host` with all that is wrong
 */
export async function applyUpdate(
  request: UpdateRequest,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<UpdateResult> {
  const { directory, command, files } = request.deps;
  const contents = files.map((file) => readFile(join(directory, file)));
  try {
    const result = await tryUpdate(request, onText, signal);
    if (result.problems.length === 0) return result;
    throw unverified(command.join(' '), result.problems, request.logFile);
  } catch (error) {
    files.forEach((file, index) => restore(join(directory, file), contents[index]));
    throw error;
  }
}

function restore(file: string, content: Buffer | undefined): void {
  if (content === undefined) return;
  if (!existsSync(file) || !readFileSync(file).equals(content)) replaceFile(file, content);
}

function readFile(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new BuildenvError('not-found', `${path} cannot be read`, {
      hint: 'Name the files that the command changes in rpm.deps.files.',
      cause,
    });
  }
}

function unverified(command: string, problems: readonly string[], log: string): BuildenvError {
  const list = problems.map((problem) => `\n  ${problem}`).join('');
  return new BuildenvError('host', `${command} ended well, and did not do its work:${list}`, {
    hint: `The files are as they were; its output: ${log}`,
  });
}
