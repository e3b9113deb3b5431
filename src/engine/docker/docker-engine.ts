import type Dockerode from 'dockerode';
import { realPath } from '../../host/real-path';
import { type MountedPart, translatePath } from '../../host/translate-path';
import type { Endpoint } from '../endpoint';
import type {
  ContainerStore,
  Engine,
  EngineInfo,
  ImageStore,
  NetworkStore,
  VolumeStore,
} from '../engine';
import { ApiClient } from './api-client';
import { connectionOptions } from './connection-options';
import { DockerContainers } from './docker-containers';
import { DockerImages } from './docker-images';
import { DockerNetworks } from './docker-networks';
import { DockerVolumes } from './docker-volumes';

/** From this API version on BuildKit is part of the engine. */
const BUILDKIT_API = 1.39;

interface VersionJson {
  Version: string;
  ApiVersion: string;
  Components?: { Name: string }[];
}

interface InfoJson {
  DockerRootDir: string;
  DriverStatus?: [string, string][] | null;
  SecurityOptions?: string[] | null;
}

/** Docker, or Podman by its Docker-compatible API. */
export class DockerEngine implements Engine {
  readonly socket: string | undefined;
  readonly images: ImageStore;
  readonly containers: ContainerStore;
  readonly volumes: VolumeStore;
  readonly networks: NetworkStore;
  readonly hostSocket: string | undefined;
  private readonly endpoint: Endpoint;
  private readonly mounts: readonly MountedPart[] | undefined;
  private readonly api: ApiClient;
  private docker: Promise<Dockerode> | undefined;

  /** @param mounts what the engine has mounted into the container that this process is in */
  constructor(endpoint: Endpoint, mounts?: readonly MountedPart[]) {
    const socket = endpoint.kind === 'unix' ? endpoint.socketPath : undefined;
    this.socket = mounts === undefined ? socket : undefined;
    this.endpoint = endpoint;
    this.mounts = mounts;
    this.hostSocket = socket === undefined ? undefined : this.hostPath(socket);
    this.api = new ApiClient(endpoint);
    const docker = () => (this.docker ??= loadDockerode(endpoint));
    this.images = new DockerImages(this.api, docker);
    this.containers = new DockerContainers(this.api);
    this.volumes = new DockerVolumes(this.api, docker);
    this.networks = new DockerNetworks(this.api);
  }

  hostPath(path: string): string | undefined {
    if (this.mounts === undefined) return this.socket === undefined ? undefined : path;
    const real = realPath(path);
    return real === undefined ? undefined : translatePath(real, this.mounts);
  }

  async info(): Promise<EngineInfo> {
    const [version, info] = (await Promise.all([
      this.api.json('GET', '/version', { action: "read the engine's version" }),
      this.api.json('GET', '/info', { action: "read the engine's state" }),
    ])) as [VersionJson, InfoJson];
    const podman = (version.Components ?? []).some(({ Name }) => Name === 'Podman Engine');
    return {
      url: this.endpoint.url,
      product: podman ? 'Podman' : 'Docker',
      version: version.Version,
      apiVersion: version.ApiVersion,
      buildkit: !podman && Number(version.ApiVersion) >= BUILDKIT_API,
      rootless: (info.SecurityOptions ?? []).some((option) => option.includes('name=rootless')),
      // An image of containerd's store is made of blobs, and one that misses some is broken.
      loadsPartialImages: !podman && !isContainerdStore(info),
      dataRoot: info.DockerRootDir,
    };
  }
}

function isContainerdStore({ DriverStatus }: InfoJson): boolean {
  const status = new Map(DriverStatus ?? []);
  return status.get('driver-type')?.startsWith('io.containerd.snapshotter') === true;
}

async function loadDockerode(endpoint: Endpoint): Promise<Dockerode> {
  const { default: Docker } = await import('dockerode');
  // An explicit `host` keeps dockerode from reading DOCKER_HOST once more.
  return new Docker({ host: undefined, ...connectionOptions(endpoint) });
}
