import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildenvError } from '../errors/buildenv-error';
import { type Lock, LOCK_FILE } from '../image/lock';

/**
 * Reads the lock beside a configuration; one that is not there is empty.
 * @throws {BuildenvError} `config` for one that cannot be read
 */
export function readLock(root: string): Lock {
  const file = join(root, LOCK_FILE);
  try {
    const { version, bases } = JSON.parse(readFileSync(file, 'utf8')) as {
      version?: unknown;
      bases?: Record<string, unknown>;
    };
    const entries = Object.entries(bases ?? {});
    if (version === 1 && entries.every(([, digest]) => isDigest(digest))) {
      return new Map(entries as [string, string][]);
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
  }
  throw new BuildenvError('config', `${file} is no lock file that this version can read`, {
    hint: 'Remove it and write it anew: buildenv image lock',
  });
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value);
}
