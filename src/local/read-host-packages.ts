import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { BuildenvError } from '../errors/buildenv-error';
import type { PackageManager } from './package-manager';
import { type Packages, parsePackages } from './packages';

/** Bytes: names and versions of far more packages than a distribution has. */
const MAX_OUTPUT = 1 << 26;

/** dpkg's mark of a package that is wanted and installed. */
const INSTALLED = 'ii ';

/**
 * What is installed on this machine.
 * @throws {BuildenvError} `host` where it has not this package manager
 */
export async function readHostPackages({ kind, listInstalled }: PackageManager): Promise<Packages> {
  const [program = '', ...args] = listInstalled;
  try {
    const { stdout } = await promisify(execFile)(program, args, { maxBuffer: MAX_OUTPUT });
    const lines = stdout.split('\n').filter((line) => line.startsWith(INSTALLED));
    return parsePackages(lines.map((line) => line.slice(INSTALLED.length)).join('\n'));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'it is not there' : `it failed (${String(code)})`;
    throw new BuildenvError(
      'host',
      `This machine has no ${kind} packages to compare with: ${program}: ${why}`,
      { hint: "Name an image of a distribution like this machine's, or use buildenv run.", cause },
    );
  }
}
