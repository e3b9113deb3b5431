import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';

/** Bytes of the difference of one file. */
const MAX_OUTPUT = 1 << 28;

/** Exit status of diff(1) where files differ. */
const DIFFERENT = 1;

/**
 * How files differ between two folders, as `git apply` and `patch -p1` take it.
 * @param paths below both folders; one without the file has it empty
 * @throws {BuildenvError} `host`
 */
export async function diffFiles(
  before: string,
  after: string,
  paths: readonly string[],
): Promise<string> {
  const parts = await Promise.all(paths.map((path) => diffFile(before, after, path)));
  return parts.join('');
}

function diffFile(before: string, after: string, path: string): Promise<string> {
  const names = ['-L', `a/${path}`, '-L', `b/${path}`];
  const words = ['-u', '-N', ...names, '--', join(before, path), join(after, path)];
  return new Promise((resolve, reject) => {
    execFile('diff', words, { maxBuffer: MAX_OUTPUT }, (error, stdout) => {
      if (error === null || error.code === DIFFERENT) resolve(stdout);
      else reject(undiffable(path, error));
    });
  });
}

function undiffable(path: string, cause: Error): BuildenvError {
  return new BuildenvError('host', `${path} cannot be compared: ${cause.message.trim()}`, {
    hint: 'The program diff is needed: install diffutils.',
    cause,
  });
}
