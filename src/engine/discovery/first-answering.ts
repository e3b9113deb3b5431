import { connect } from 'node:net';
import { BuildenvError } from '../../errors/buildenv-error';
import { type Endpoint, parseEndpoint } from '../endpoint';

/**
 * The first of these Unix sockets on which something listens.
 * @param sockets absolute paths
 * @throws {BuildenvError} `engine-unreachable` when nothing listens on any
 */
export async function firstAnswering(sockets: readonly string[]): Promise<Endpoint> {
  const refusals: string[] = [];
  for (const socket of sockets) {
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
