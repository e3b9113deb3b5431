import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import type { AuthConfig } from 'dockerode';
import type { OnTransferProgress, RegistryCredential, TransferRequest } from '../engine';
import { readEvents, type StreamLine } from './event-stream';
import { translateDockerode } from './translate-error';

/**
 * Pulls or pushes an image. The engine ends what it does when the connection is dropped, which the
 * signal does.
 * @returns the digest that the engine says at the end of a push
 * @throws {EngineRefusedError} with the engine's words, which are all that it says of the registry
 */
export async function transfer(
  direction: 'pull' | 'push',
  docker: Dockerode,
  { reference, credential, signal }: TransferRequest,
  onEvent: OnTransferProgress,
): Promise<string | undefined> {
  const action = `${direction} ${reference}`;
  signal.throwIfAborted();
  // dockerode takes some of the options out of the object, so each call gets one of its own.
  const options = { authconfig: authConfig(reference, credential), abortSignal: signal };
  let digest: string | undefined;
  try {
    const answer: Promise<unknown> =
      direction === 'pull'
        ? docker.pull(reference, options)
        : docker.getImage(reference).push(options);
    const stream = (await translateDockerode(action, answer)) as Readable;
    for await (const line of readEvents(stream, action)) {
      digest = digestIn(line) ?? digest;
      report(line, onEvent);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return digest;
}

function authConfig(reference: string, credential: RegistryCredential): AuthConfig {
  const serveraddress = reference.split('/')[0] ?? '';
  switch (credential.kind) {
    case 'anonymous':
      return { username: '', password: '', serveraddress };
    case 'password': {
      const { username, password } = credential;
      return { username, password, serveraddress };
    }
    case 'identity-token': {
      // The engine exchanges it itself, for as long as the transfer takes.
      return { identitytoken: credential.token, serveraddress };
    }
  }
}

/** What a push ends with: `{"aux": {"Tag": ..., "Digest": ..., "Size": ...}}`. */
function digestIn({ aux }: StreamLine): string | undefined {
  const { Digest: digest } = (aux ?? {}) as { Digest?: unknown };
  return typeof digest === 'string' ? digest : undefined;
}

function report(
  { id = '', status, progressDetail }: StreamLine,
  onEvent: OnTransferProgress,
): void {
  if (status === undefined) return;
  const { current, total } = progressDetail ?? {};
  const bytes = current === undefined || total === undefined ? {} : { bytes: { current, total } };
  onEvent({ kind: 'transfer', id, text: status, ...bytes });
}
