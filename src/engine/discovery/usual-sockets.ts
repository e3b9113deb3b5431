import { join } from 'node:path';
import { privateEnginePaths } from '../private-engine-paths';
import type { HostFacts } from './host-facts';

/** Where engines listen when nobody says otherwise: Docker first, Podman next, the private engine last. */
export function usualSockets({ env, homedir, uid }: HostFacts): string[] {
  const runtime = env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`;
  return [
    '/var/run/docker.sock',
    join(runtime, 'docker.sock'),
    join(homedir, '.docker/run/docker.sock'),
    join(homedir, '.docker/desktop/docker.sock'),
    join(runtime, 'podman/podman.sock'),
    '/run/podman/podman.sock',
    privateEnginePaths(env, homedir).socket,
  ];
}
