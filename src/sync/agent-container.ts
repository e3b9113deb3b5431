import { randomUUID } from 'node:crypto';
import { statSync } from 'node:fs';
import type { ArchiveEntry } from '../archive/archive-entry';
import { packEntries } from '../archive/pack-entries';
import type { ContainerSpec, ContainerStore } from '../engine/engine';
import { LABEL } from '../image/labels';
import { SyncAgent } from './sync-agent';

const PROGRAM = '/buildenv-sync-agent';
const FOLDER = '/buildenv-tree';

/** The agent's command line in its container. */
export const AGENT_COMMAND: readonly string[] = [PROGRAM, FOLDER];

export interface AgentSetting {
  project: string;
  /** `host:pid` of this process. */
  owner: string;
  /** Reference or id of an image that the engine has; nothing of it is used. */
  image: string;
  /** Absolute path of the agent's program for the engine's processor. */
  program: string;
}

/**
 * Starts an agent in a container of its own, which ends with it. Nothing is needed but the engine's
 * API, and nothing of the image but its name.
 */
export async function startAgent(
  containers: ContainerStore,
  setting: AgentSetting,
  volume: string,
): Promise<SyncAgent> {
  const id = await containers.createContainer(agentContainer(setting, volume));
  try {
    await containers.writeArchive(id, '/', packEntries([programEntry(setting.program)]));
    const [connection, exit] = await Promise.all([
      containers.attachContainer(id),
      containers.waitContainer(id),
    ]);
    connection.errors.resume();
    await containers.startContainer(id);
    return new SyncAgent({ stream: connection, ended: exit.status() });
  } catch (error) {
    await containers.removeContainer(id).catch(() => undefined);
    throw error;
  }
}

function programEntry(source: string): ArchiveEntry {
  const { size } = statSync(source);
  const path = PROGRAM.slice(1);
  return { kind: 'file', path, source, size, mode: 0o755, uid: 0, gid: 0, mtime: 0 };
}

/** A container of the agent, whose program is not there yet. */
function agentContainer({ project, owner, image }: AgentSetting, volume: string): ContainerSpec {
  const [program = '', ...words] = AGENT_COMMAND;
  return {
    name: `buildenv-${project}-sync-${randomUUID().slice(0, 8)}`,
    image,
    entrypoint: [program],
    command: words,
    user: '0:0',
    workingDir: '/',
    env: [],
    labels: { [LABEL.project]: project, [LABEL.kind]: 'run', [LABEL.owner]: owner },
    mounts: [{ type: 'volume', source: volume, target: FOLDER }],
    devices: [],
    ulimits: [],
    capabilities: [],
    // The agent opens no connection, and a network of its own is what takes long to make.
    network: 'host',
    groups: [],
    securityOptions: [],
    terminal: false,
  };
}

/** The same with the program mounted, for an engine that shares this machine's files. */
export function mountedAgentContainer(setting: AgentSetting, volume: string): ContainerSpec {
  const container = agentContainer(setting, volume);
  const program = {
    type: 'bind',
    source: setting.program,
    target: PROGRAM,
    readOnly: true,
  } as const;
  return { ...container, mounts: [...container.mounts, program] };
}
