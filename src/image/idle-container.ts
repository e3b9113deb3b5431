import { randomUUID } from 'node:crypto';
import type { ContainerSpec, Mount } from '../engine/engine';
import { LABEL } from './labels';

/** A container that is never started: by it an image's or a volume's files are read and written. */
export function idleContainer(image: string, mounts: readonly Mount[]): ContainerSpec {
  return {
    name: `buildenv-idle-${randomUUID()}`,
    image,
    command: ['true'],
    user: '',
    workingDir: '',
    env: [],
    labels: { [LABEL.kind]: 'idle' },
    mounts,
    devices: [],
    ulimits: [],
    capabilities: [],
    network: 'none',
    groups: [],
    securityOptions: [],
    terminal: false,
  };
}
