import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { BuildenvError } from '../../errors/buildenv-error';

/** What a helper says where it has nothing, on its standard output, with a status other than 0. */
const NOT_FOUND = 'credentials not found in native keychain';

/** A helper's answer; the user `<token>` means that the secret is an identity token. */
export interface HelperAnswer {
  Username: string;
  Secret: string;
}

/**
 * Asks a credential helper, `docker-credential-NAME get`, for the credentials of a server.
 * @returns undefined where it has none
 * @throws {BuildenvError} `host` where it is not there or fails
 * @see https://github.com/docker/docker-credential-helpers
 */
export async function runHelper(
  name: string,
  server: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<HelperAnswer | undefined> {
  const program = `docker-credential-${name}`;
  const failed = (reason: string, hint: string, cause?: unknown) =>
    new BuildenvError('host', `Cannot get the credentials of ${server}: ${program} ${reason}`, {
      hint,
      cause,
    });
  const child = spawn(program, ['get'], { env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.on('error', () => undefined);
  child.stdin.end(server);
  const streams = Promise.all([text(child.stdout), text(child.stderr)]);
  const [status] = (await once(child, 'close').catch((cause: unknown) => {
    streams.catch(() => undefined);
    throw failed(
      'cannot be started',
      `Install ${program}, or take it out of the docker configuration.`,
      cause,
    );
  })) as [number | null];
  const [output, errors] = await streams;
  if (status !== 0) {
    // The one place where the protocol says it by text alone.
    if (output.trim() === NOT_FOUND) return undefined;
    const words = (errors.trim() || output.trim()).split('\n')[0] ?? '';
    throw failed(
      `failed: ${words || `status ${String(status)}`}`,
      `Try it: echo ${server} | ${program} get`,
    );
  }
  try {
    const { Username, Secret } = JSON.parse(output) as Partial<HelperAnswer>;
    if (typeof Username === 'string' && typeof Secret === 'string') return { Username, Secret };
  } catch {
    // What it printed may be the secret itself, so it is no cause to keep.
  }
  throw failed('answered with something else', `Try it: echo ${server} | ${program} get`);
}
