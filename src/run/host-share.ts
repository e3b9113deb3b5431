import type { Mount } from '../engine/engine';

/** What a run sees of the host beside its tree. */
export interface HostShare {
  mounts: readonly Mount[];
  variables: Readonly<Record<string, string>>;
}

const ENGINE_SOCKET = '/var/run/docker.sock';

/**
 * The caller's ssh agent, at its own path.
 * @param socket absolute path of its socket
 * @param source the same on the engine's machine
 */
export function agentShare(socket: string, source: string): HostShare {
  return {
    mounts: [{ type: 'bind', source, target: socket }],
    variables: { SSH_AUTH_SOCK: socket },
  };
}

/**
 * The engine itself, where every client looks for it.
 * @param socket absolute path of its socket on the engine's machine
 */
export function engineShare(socket: string): HostShare {
  return {
    mounts: [{ type: 'bind', source: socket, target: ENGINE_SOCKET }],
    variables: { DOCKER_HOST: `unix://${ENGINE_SOCKET}` },
  };
}
