import { Duplex, type Readable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import {
  type Attachment,
  type ContainerDetails,
  type ContainerExit,
  type ContainerSpec,
  type ContainerStore,
  type ContainerSummary,
  type Mount,
  tmpfsOptions,
} from '../engine';
import type { ApiClient } from './api-client';
import { AttachedStream } from './attached-stream';
import { backgroundBody } from './background-body';
import { containerDetails, type InspectJson } from './container-details';
import { readText } from './read-text';

interface ContainerJson {
  Id: string;
  Names: string[];
  Image: string;
  ImageID: string;
  State: string;
  Created: number;
  Labels: Record<string, string> | null;
  Mounts?: { Type: string; Name?: string }[] | null;
  NetworkSettings?: { Networks?: Record<string, unknown> | null } | null;
}

/** Containers by the Engine API. */
export class DockerContainers implements ContainerStore {
  private readonly api: ApiClient;

  constructor(api: ApiClient) {
    this.api = api;
  }

  async listContainers(labels: readonly string[]): Promise<ContainerSummary[]> {
    const answer = await this.api.json('GET', '/containers/json', {
      query: { all: 1, filters: JSON.stringify({ label: labels }) },
      action: 'list the containers',
    });
    return (answer as ContainerJson[]).map((container) => ({
      id: container.Id,
      name: container.Names[0]?.replace(/^\//, '') ?? container.Id.slice(0, 12),
      image: container.Image,
      imageId: container.ImageID,
      state: container.State,
      created: container.Created,
      volumes: (container.Mounts ?? []).flatMap(({ Type, Name }) =>
        Type === 'volume' && Name !== undefined ? [Name] : [],
      ),
      networks: Object.keys(container.NetworkSettings?.Networks ?? {}),
      labels: container.Labels ?? {},
    }));
  }

  async createContainer(spec: ContainerSpec): Promise<string> {
    const answer = await this.api.json('POST', '/containers/create', {
      query: { name: spec.name },
      json: backgroundBody(createBody(spec), spec),
      action: `create a container from ${spec.image}`,
    });
    return (answer as { Id: string }).Id;
  }

  async inspectContainer(name: string): Promise<ContainerDetails | undefined> {
    try {
      const answer = await this.api.json('GET', `/containers/${name}/json`, {
        action: `inspect the container ${name}`,
      });
      return containerDetails(answer as InspectJson);
    } catch (error) {
      if (error instanceof BuildenvError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async readLogs(id: string, lines: number): Promise<string> {
    const answer = await this.api.stream('GET', `/containers/${id}/logs`, {
      query: { stdout: 1, stderr: 1, tail: lines },
      action: "read the container's output",
    });
    const output = new AttachedStream(Duplex.from({ readable: answer }));
    const [text, errors] = await Promise.all([readText(output), readText(output.errors)]);
    return text + errors;
  }

  async attachContainer(id: string): Promise<Attachment> {
    const connection = await this.api.upgrade(`/containers/${id}/attach`, {
      query: { stream: 1, stdin: 1, stdout: 1, stderr: 1 },
      action: 'attach to the container',
    });
    return new AttachedStream(connection);
  }

  async startContainer(id: string): Promise<void> {
    await this.api.act('POST', `/containers/${id}/start`, { action: 'start the command' });
  }

  async waitContainer(id: string): Promise<ContainerExit> {
    const removed = await this.wait(id, 'removed');
    // Podman no longer has the status of a container that it has removed.
    const ended = this.api.podman ? await this.wait(id, 'next-exit') : removed;
    return {
      async status() {
        await removed();
        return ended();
      },
    };
  }

  async removeContainer(id: string): Promise<void> {
    try {
      await this.api.act('DELETE', `/containers/${id}`, {
        query: { force: 1, v: 1 },
        action: 'remove the container',
      });
    } catch (error) {
      if (!(error instanceof BuildenvError && error.code === 'not-found')) throw error;
    }
  }

  async readArchive(id: string, path: string): Promise<Readable | undefined> {
    try {
      return await this.api.stream('GET', `/containers/${id}/archive`, {
        query: { path },
        action: `read ${path} from the container`,
      });
    } catch (error) {
      if (error instanceof BuildenvError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async writeArchive(id: string, folder: string, archive: Readable): Promise<void> {
    await this.api.act('PUT', `/containers/${id}/archive`, {
      query: { path: folder },
      archive,
      action: `write to ${folder} in the container`,
    });
  }

  /** Begins to wait. @returns the end of the wait, with the exit status */
  private async wait(
    id: string,
    condition: 'removed' | 'next-exit',
  ): Promise<() => Promise<number>> {
    const action = 'wait for the command';
    const query = { condition };
    const answer = await this.api.stream('POST', `/containers/${id}/wait`, { query, action });
    const text = readText(answer).catch((cause: unknown) => {
      throw new BuildenvError('engine-failed', `Cannot ${action}: the engine went away`, { cause });
    });
    text.catch(() => undefined);
    return async () => (JSON.parse(await text) as { StatusCode: number }).StatusCode;
  }
}

function createBody(spec: ContainerSpec) {
  return {
    Image: spec.image,
    Cmd: spec.command,
    ...(spec.entrypoint === undefined ? {} : { Entrypoint: spec.entrypoint }),
    User: spec.user,
    WorkingDir: spec.workingDir,
    Env: spec.env,
    Labels: spec.labels,
    Tty: spec.terminal,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      AutoRemove: true,
      Init: spec.entrypoint === undefined,
      // The output is attached to; a copy in the engine's log would only fill the disk.
      LogConfig: { Type: 'none' },
      NetworkMode: spec.network,
      Mounts: spec.mounts.filter(({ type }) => type !== 'tmpfs').map(mountBody),
      Tmpfs: Object.fromEntries(
        spec.mounts
          .filter(({ type }) => type === 'tmpfs')
          .map((mount) => [mount.target, tmpfsOptions(mount)]),
      ),
      Devices: spec.devices.map((path) => ({
        PathOnHost: path,
        PathInContainer: path,
        CgroupPermissions: 'rwm',
      })),
      Ulimits: spec.ulimits.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
      CapAdd: spec.capabilities,
      GroupAdd: spec.groups,
      SecurityOpt: spec.securityOptions,
    },
  };
}

function mountBody(mount: Mount): object {
  return {
    Type: mount.type,
    Source: mount.source,
    Target: mount.target,
    ReadOnly: mount.readOnly ?? false,
    ...(mount.labels === undefined
      ? {}
      : { VolumeOptions: { NoCopy: true, Labels: mount.labels } }),
  };
}
