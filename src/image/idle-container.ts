import { randomUUID } from 'node:crypto';
import type { ContainerSpec } from '../engine/engine';
import { LABEL } from './labels';

/** Whom a container belongs to. */
export interface ContainerOwner {
  project: string;
  /** `host:pid` of this process. */
  owner: string;
}

/** A container that nobody runs a command of the project's in: by it an image is looked into. */
export function idleContainer(image: string, { project, owner }: ContainerOwner): ContainerSpec {
  return {
    name: `buildenv-idle-${randomUUID()}`,
    image,
    command: ['true'],
    user: '',
    workingDir: '',
    env: [],
    labels: { [LABEL.project]: project, [LABEL.kind]: 'idle', [LABEL.owner]: owner },
    mounts: [],
    devices: [],
    ulimits: [],
    capabilities: [],
    network: 'none',
    groups: [],
    securityOptions: [],
    terminal: false,
  };
}
