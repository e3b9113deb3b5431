import type { Readable } from 'node:stream';
import type { ContainerSpec, ContainerStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import type { ProcessSide } from './process-side';
import { awaitHello } from './session/await-hello';
import { runSession } from './session/run-session';
import type { SessionRequest } from './session/session-request';
import type { SignalGate } from './signal-gate';

/**
 * Runs a command in a fresh container whose supervisor is attached to. The engine removes the
 * container at its end, which is waited for.
 * @param version of the supervisor
 * @param supervisor what to unpack in the container where it is not mounted there
 * @returns the command's exit status
 * @throws what {@link runSession} throws, and `engine-failed` where the container does not start
 */
export async function applyRun(
  containers: ContainerStore,
  spec: ContainerSpec,
  version: string,
  request: SessionRequest,
  side: ProcessSide,
  signals: SignalGate,
  supervisor?: Readable,
): Promise<number> {
  const id = await containers.createContainer(spec);
  try {
    if (supervisor !== undefined) await containers.writeArchive(id, '/', supervisor);
    const [connection, removed] = await Promise.all([
      containers.attachContainer(id),
      containers.waitContainer(id),
    ]);
    connection.on('error', () => undefined);
    let errors = '';
    connection.errors.on('data', (data: Buffer) => (errors += data.toString()));
    signals.check();
    const started = Promise.all([awaitHello(connection), containers.startContainer(id)]);
    side.open();
    const [said] = await started;
    if (said !== version) throw noSupervisor(said, errors);
    const status = await runSession(connection, request, side, signals);
    await removed.status();
    return status;
  } catch (error) {
    await containers.removeContainer(id).catch(() => undefined);
    throw error;
  }
}

function noSupervisor(said: string | undefined, errors: string): BuildenvError {
  if (said === undefined) {
    const reason = errors.trim() || 'it ended before it began';
    return new BuildenvError('engine-failed', `The container's supervisor failed: ${reason}`);
  }
  return new BuildenvError('host', `The supervisor ${said} is of another version of buildenv`, {
    hint: 'Install buildenv anew.',
  });
}
