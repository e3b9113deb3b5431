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
    const stops = containers.map(({ Id }) =>
      askEngine(socketPath, 'POST', `/containers/${Id}/stop?t=${GRACE_S}`, LIMIT_MS),
    );
    await Promise.all(stops);
  } catch (cause) {
    throw new BuildenvError('host', `the engine on ${socketPath} does not end its containers`, {
      hint: 'Look with `docker ps` what runs there.',
      cause,
    });
  }
}
