import { connect } from 'node:net';
import { BuildenvError } from '../../errors/buildenv-error';
import { type Endpoint, parseEndpoint } from '../endpoint';
import { fromContext } from './from-context';
import { fromEnvironment } from './from-environment';
import type { HostFacts } from './host-facts';
import { usualSockets } from './usual-sockets';

/**
 * Finds the engine: the one that is named by `--engine`, else by `DOCKER_HOST`, else by the docker
 * CLI's active context, else the first of the usual sockets on which something listens. One that is
 * named is taken as it is: another in its place would surprise.
 * @throws {BuildenvError} `engine-unreachable` when nothing listens anywhere
 */
export async function discoverEngine(facts: HostFacts, named?: string): Promise<Endpoint> {
  const explicit =
    named === undefined ? (fromEnvironment(facts) ?? fromContext(facts)) : parseEndpoint(named);
  if (explicit !== undefined) return explicit;
  const refusals: string[] = [];
  for (const socket of usualSockets(facts)) {
    const refusal = await probe(socket);
    if (refusal === undefined) return parseEndpoint(`unix://${socket}`);
    if (refusal !== 'ENOENT') refusals.push(`${socket} (${refusal})`);
  }
  throw nothingAnswers(refusals);
}

/** Undefined where something listens, otherwise the error's code. */
function probe(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.on('connect', () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

function nothingAnswers(refusals: readonly string[]): BuildenvError {
  if (refusals.some((refusal) => refusal.includes('EACCES'))) {
    return new BuildenvError('engine-unreachable', `No access to ${refusals.join(', ')}`, {
      hint: 'Add yourself to the group that owns the socket (`docker`), and log in again.',
    });
  }
  const tried = refusals.length === 0 ? '' : `: ${refusals.join(', ')}`;
  return new BuildenvError('engine-unreachable', `No container engine answers${tried}`, {
    hint: 'Start Docker or Podman, or run `buildenv engine start` for an engine of your own.',
  });
}
