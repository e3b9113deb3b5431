import { isAbsolute, join } from 'node:path';

/** Where a user's private engine keeps what; nothing of it is elsewhere. All paths are absolute. */
export interface PrivateEnginePaths {
  /** Holds all the others. */
  folder: string;
  /** The Unix socket on which the engine answers. */
  socket: string;
  /** The socket as `DOCKER_HOST` has it: `unix:///root/.local/state/buildenv/engine/docker.sock`. */
  url: string;
  /** Images, containers and volumes. */
  data: string;
  /** State of running containers, of no use once the engine has ended. */
  exec: string;
  /** What the engine printed since its last start. */
  log: string;
  /** Which process the engine is. */
  pidFile: string;
}

/**
 * The private engine's places below `$XDG_STATE_HOME`, or `~/.local/state` where that is unset or,
 * as the XDG Base Directory Specification 0.8 wants it, relative.
 */
export function privateEnginePaths(
  env: Readonly<Record<string, string | undefined>>,
  homedir: string,
): PrivateEnginePaths {
  const xdg = env['XDG_STATE_HOME'] ?? '';
  const state = isAbsolute(xdg) ? xdg : join(homedir, '.local/state');
  const folder = join(state, 'buildenv/engine');
  const socket = join(folder, 'docker.sock');
  return {
    folder,
    socket,
    url: `unix://${socket}`,
    data: join(folder, 'data'),
    exec: join(folder, 'exec'),
    log: join(folder, 'log'),
    pidFile: join(folder, 'pid'),
  };
}
