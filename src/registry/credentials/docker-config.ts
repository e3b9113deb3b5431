import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';

/** The part of the docker client's `config.json` that is about credentials. */
export interface DockerConfig {
  auths?: Record<string, { auth?: string; identitytoken?: string } | null> | null;
  credsStore?: string;
  credHelpers?: Record<string, string> | null;
}

/** Path of the docker client's configuration: in `DOCKER_CONFIG`, else in `~/.docker`. */
export function dockerConfigFile(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): string {
  const { DOCKER_CONFIG: folder = '' } = env;
  return join(folder === '' ? join(home, '.docker') : folder, 'config.json');
}

/**
 * Reads it; a file that is not there is an empty one.
 * @throws {BuildenvError} `host` for one that cannot be read
 */
export function readDockerConfig(file: string): DockerConfig {
  try {
    const config: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (typeof config === 'object' && config !== null) return config;
    throw new SyntaxError('not an object');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw new BuildenvError('host', `Cannot read the docker configuration ${file}`, {
      hint: 'It must be JSON that you can read, as `docker login` writes it.',
      cause,
    });
  }
}
