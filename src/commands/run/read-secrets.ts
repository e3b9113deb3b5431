import { readFileSync, statSync } from 'node:fs';
import { BuildenvError } from '../../errors/buildenv-error';
import { expandHome } from '../../run/home-folder';
import { type RunSecrets, SECRET_LIMIT, type SecretSpec } from '../../run/secret';
import type { CommandContext } from '../command-context';

/**
 * Reads the values of an environment's secrets.
 * @throws {BuildenvError} `host` for one that is not there or cannot be read, or is too large
 */
export function readSecrets(
  { caller, env }: CommandContext,
  secrets: readonly SecretSpec[],
): RunSecrets {
  const files: RunSecrets['files'][number][] = [];
  const variables: string[] = [];
  for (const { name, from, as } of secrets) {
    const content =
      'file' in from
        ? readSecretFile(name, expandHome(from.file, caller.home))
        : readVariable(name, from.variable, env[from.variable]);
    if (content.length > SECRET_LIMIT) throw tooLarge(name);
    if (as === undefined) files.push({ name, content });
    // The newline at the end of a file that holds a token is not part of the token.
    else variables.push(`${as}=${content.toString().replace(/\r?\n$/, '')}`);
  }
  return { files, variables };
}

function readVariable(name: string, variable: string, value: string | undefined): Buffer {
  if (value !== undefined) return Buffer.from(value);
  throw new BuildenvError(
    'host',
    `The secret ${name} is the variable ${variable}, which is not set`,
    {
      hint: `Set ${variable}.`,
    },
  );
}

function readSecretFile(name: string, path: string): Buffer {
  const what = `The secret ${name} is the file ${path}`;
  let large: boolean;
  try {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isFile() === true && stats.size <= SECRET_LIMIT) return readFileSync(path);
    large = stats?.isFile() === true;
  } catch (cause) {
    throw new BuildenvError('host', `${what}, which cannot be read`, {
      hint: 'Check its owner and its mode.',
      cause,
    });
  }
  if (large) throw tooLarge(name);
  throw new BuildenvError('host', `${what}, and no file is there`, {
    hint: `Write the secret into ${path}, or name another file.`,
  });
}

function tooLarge(name: string): BuildenvError {
  return new BuildenvError('host', `The secret ${name} is larger than 1 MiB`, {
    hint: 'Give a run large files by its tree or a cache.',
  });
}
