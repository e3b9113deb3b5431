import { join } from 'node:path';
import { privateEnginePaths } from '../private-engine-paths';
import type { HostFacts } from './host-facts';
import { variable } from './variable';

/** Where engines listen when nobody says otherwise: Docker first, Podman next, the private engine last. */
export function usualSockets(facts: HostFacts): string[] {
  const { env, homedir, uid } = facts;
  const runtime = variable(facts, 'XDG_RUNTIME_DIR') ?? `/run/user/${uid}`;
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
