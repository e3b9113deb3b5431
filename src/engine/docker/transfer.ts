import type { OnTransferProgress, RegistryCredential, TransferRequest } from '../engine';
import type { ApiClient } from './api-client';
import { readEvents, type StreamLine } from './event-stream';

/**
 * Pulls or pushes an image. The engine ends what it does when the connection is dropped, which the
 * signal does.
 * @returns the digest that the engine says at the end of a push
 * @throws {EngineRefusedError} with the engine's words, which are all that it says of the registry
 */
export async function transfer(
  direction: 'pull' | 'push',
  api: ApiClient,
  { reference, credential, signal }: TransferRequest,
  onEvent: OnTransferProgress,
): Promise<string | undefined> {
  const action = `${direction} ${reference}`;
  signal.throwIfAborted();
  const [repository, tag] = splitReference(reference);
  const headers = { 'X-Registry-Auth': authHeader(reference, credential) };
  let digest: string | undefined;
  try {
    const stream =
      direction === 'pull'
        ? await api.stream('POST', '/images/create', {
            query: { fromImage: repository, tag },
            headers,
            signal,
            action,
          })
        : await api.stream('POST', `/images/${repository}/push`, {
            query: { tag },
            headers,
            signal,
            action,
          });
    for await (const line of readEvents(stream, action)) {
      digest = digestIn(line) ?? digest;
      report(line, onEvent);
    }
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
  return digest;
}

/** Repository, and tag or digest: without one an engine would take all tags. */
function splitReference(reference: string): [repository: string, tag: string] {
  const [, repository = reference, digest, tag] =
    /^([^@]+?)(?:@(.+)|:([^:/@]+))?$/.exec(reference) ?? [];
  return [repository, digest ?? tag ?? 'latest'];
}

function authHeader(reference: string, credential: RegistryCredential): string {
  const auth = authConfig(reference.split('/')[0] ?? '', credential);
  // Engines want the padding too, which Node's own base64url leaves out.
  const text = Buffer.from(JSON.stringify(auth)).toString('base64');
  return text.replaceAll('+', '-').replaceAll('/', '_');
}

/** @see https://docs.docker.com/reference/api/engine/ , "Authentication" */
export function authConfig(serveraddress: string, credential: RegistryCredential): object {
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
