import { BuildenvError } from '../../errors/buildenv-error';
import { askEngine } from './ask-engine';

/** How long a container may take before it is killed. */
const GRACE_S = 10;
const LIMIT_MS = 30_000;

/**
 * Ends all containers of an engine, as `docker stop` does.
 * @throws {BuildenvError} `host` when the engine does not do it
 */
export async function stopContainers(socketPath: string): Promise<void> {
  try {
    const { body } = await askEngine(socketPath, 'GET', '/containers/json', LIMIT_MS);
    const containers = JSON.parse(body) as { Id: string }[];
    await Promise.all(containers.map(({ Id }) => stopContainer(socketPath, Id)));
  } catch (cause) {
    throw new BuildenvError('host', `the engine on ${socketPath} does not end its containers`, {
      hint: 'Look with `docker ps` what runs there.',
      cause,
    });
  }
}

/** One that has ended by itself meanwhile, or is gone, is fine. */
async function stopContainer(socketPath: string, id: string): Promise<void> {
  const path = `/containers/${id}/stop?t=${GRACE_S}`;
  const { status, body } = await askEngine(socketPath, 'POST', path, LIMIT_MS);
  if (status >= 400 && status !== 404) throw new Error(`${path}: ${status} ${body}`);
}
