import type { Duplex, Readable } from 'node:stream';
import type { MountedPart } from '../host/translate-path';

/** What an engine says of itself. */
export interface EngineInfo {
  /** Where it answers: `unix:///var/run/docker.sock`. */
  url: string;
  /** `Docker` or `Podman`. */
  product: string;
  version: string;
  apiVersion: string;
  /** Whether Dockerfile builds go through BuildKit. */
  buildkit: boolean;
  rootless: boolean;
  /** Whether an archive to load may leave out layers that the engine has. */
  loadsPartialImages: boolean;
  /** Folder of the engine's data, on the engine's machine. */
  dataRoot: string;
}

export interface ImageSummary {
  /** `sha256:` and 64 hexadecimal digits. */
  id: string;
  /** References with their tags. */
  tags: readonly string[];
  labels: Readonly<Record<string, string>>;
  /** Unix time in seconds. */
  created: number;
  /** In bytes. */
  size: number;
}

export interface ImageDetails extends ImageSummary {
  architecture: string;
  os: string;
  /** Digests of the uncompressed layers, the base's first. */
  layers: readonly string[];
  entrypoint: readonly string[];
  cmd: readonly string[];
  env: readonly string[];
  user: string;
  workingDir: string;
}

/** Lines of work in progress: a pull's layers, a build's steps. */
export type EngineEvent =
  | TransferProgress
  /** A step of a build has begun; `name` is the Dockerfile's instruction. */
  | { kind: 'step'; id: string; name: string; cached: boolean }
  /** A step is done. */
  | { kind: 'step-done'; id: string }
  /** Output of a step. */
  | { kind: 'log'; id: string; text: string };

/** Progress of a pull or a push: of a layer, or with an empty id of the whole. */
export interface TransferProgress {
  kind: 'transfer';
  id: string;
  /** The engine's word for what it does: `Pushing`. */
  text: string;
  bytes?: { current: number; total: number };
}

export type OnEngineEvent = (event: EngineEvent) => void;
export type OnTransferProgress = (event: TransferProgress) => void;

/** What an engine, or this tool itself, proves itself to a registry with. */
export type RegistryCredential =
  | { kind: 'anonymous' }
  | { kind: 'password'; username: string; password: string }
  /** An OAuth2 refresh token, which a registry exchanges for tokens of one repository. */
  | { kind: 'identity-token'; token: string };

/** A push or a pull. */
export interface TransferRequest {
  /** With the registry's host, and a tag, or for a pull also a digest: `host/kontain/km:1`. */
  reference: string;
  credential: RegistryCredential;
  /** Ends the transfer, in the engine too. */
  signal: AbortSignal;
}

export interface BuildRequest {
  /** References that the image gets. */
  tags: readonly string[];
  /** Name of the Dockerfile in the context's tar stream. */
  dockerfile: string;
  args: Readonly<Record<string, string>>;
  labels: Readonly<Record<string, string>>;
  target?: string | undefined;
  noCache: boolean;
  /** With BuildKit, otherwise with the classic builder. */
  buildkit: boolean;
  /** Network that the build's steps see. */
  network: string;
}

export interface ImportRequest {
  /** Without a name the image has an id alone. */
  repository?: string;
  tag?: string;
  /** Dockerfile instructions that make the image's configuration: `ENTRYPOINT ["/km"]`. */
  changes: readonly string[];
}

export interface Mount {
  type: 'bind' | 'volume' | 'tmpfs';
  /** Host path or volume name; empty for tmpfs. */
  source: string;
  target: string;
  readOnly?: boolean;
  /** tmpfs only: mount options, `mode=0700,exec`. */
  options?: string;
  /** tmpfs only: whose its root is; root's without it. Podman cannot do this. */
  owner?: { uid: number; gid: number } | undefined;
  /** Volumes only: labels of one that the engine makes for this mount, empty, where it has none. */
  labels?: Readonly<Record<string, string>>;
}

/** Options of a tmpfs as mount(8) has them. */
export function tmpfsOptions({ options, owner }: Mount): string {
  const ids = owner === undefined ? [] : [`uid=${owner.uid}`, `gid=${owner.gid}`];
  return [...(options === undefined ? [] : [options]), ...ids].join(',');
}

export interface ContainerSpec {
  name: string;
  /** Reference or id. */
  image: string;
  command: readonly string[];
  /** Process 1, instead of the image's entrypoint and of the engine's own init. */
  entrypoint?: readonly string[];
  /** `uid:gid`. */
  user: string;
  workingDir: string;
  /** `NAME=value`. */
  env: readonly string[];
  labels: Readonly<Record<string, string>>;
  mounts: readonly Mount[];
  devices: readonly string[];
  ulimits: readonly { name: string; soft: number; hard: number }[];
  capabilities: readonly string[];
  network: string;
  /** Numeric ids of supplementary groups. */
  groups: readonly string[];
  /** Options of the engine's security modules: `label=disable`. */
  securityOptions: readonly string[];
  terminal: boolean;
  /** For a container that outlives its starter; without it the engine removes it at its end. */
  background?: BackgroundOptions;
}

/** How a container in the background is reached, and how long it stays. */
export interface BackgroundOptions {
  /** Names by which the other containers of its network find it. */
  aliases: readonly string[];
  /** TCP ports of the container that are reached by one of the host's loopback interface. */
  loopbackPorts: readonly { container: number; host: number }[];
}

/** A container that is there, running or not. */
export interface ContainerDetails {
  id: string;
  running: boolean;
  /** Id of its image: `sha256:` and 64 hexadecimal digits. */
  imageId: string;
  labels: Readonly<Record<string, string>>;
  /** IPv4 address by the name of the network, where it has one. */
  addresses: Readonly<Record<string, string>>;
  mounts: readonly MountedPart[];
}

/**
 * Standard input and output of a container without a terminal, from before it starts until it has
 * ended. Ending the stream ends the input; destroying it drops the connection.
 */
export interface Attachment extends Duplex {
  /** Standard error. It has to be read. */
  readonly errors: Readable;
}

export interface ContainerSummary {
  id: string;
  name: string;
  /** Reference or id. */
  image: string;
  imageId: string;
  /** `created`, `running`, `exited`, and what else the engine calls it. */
  state: string;
  /** Names of the volumes that are mounted in it. */
  volumes: readonly string[];
  /** Names of the networks that it is in. */
  networks: readonly string[];
  /** Unix time in seconds. */
  created: number;
  labels: Readonly<Record<string, string>>;
}

/** The end of a container, awaited. */
export interface ContainerExit {
  /**
   * Exit status of the command, once the engine has removed the container; 126 and 127 for a command
   * that cannot be executed or is not there.
   */
  status(): Promise<number>;
}

export interface ImageStore {
  /** Images that bear all the labels, each `name` or `name=value`. */
  listImages(labels: readonly string[]): Promise<ImageSummary[]>;
  /** Undefined where there is no such image. */
  inspectImage(reference: string): Promise<ImageDetails | undefined>;
  tagImage(source: string, repository: string, tag: string): Promise<void>;
  /** Removes a tag, and the image with its last tag; by its id an image without tags. */
  removeImage(reference: string): Promise<void>;
  /** @throws {EngineRefusedError} when it cannot be pulled. */
  pullImage(request: TransferRequest, onEvent: OnTransferProgress): Promise<void>;
  /**
   * Pushes the image that has the reference.
   * @returns the manifest's digest, where the engine says it
   * @throws {EngineRefusedError} when it cannot be pushed.
   */
  pushImage(request: TransferRequest, onEvent: OnTransferProgress): Promise<string | undefined>;
  /**
   * Makes an image of one layer from an uncompressed tar stream. When the stream fails, the engine
   * keeps nothing and the stream's error is thrown.
   * @returns the image's id
   */
  importImage(request: ImportRequest, layer: Readable): Promise<string>;
  /**
   * Takes images as `docker save` writes them, with the tags that the archive names. When the stream
   * fails, the engine keeps nothing and the stream's error is thrown.
   */
  loadImage(archive: Readable): Promise<void>;
  /**
   * Builds a Dockerfile.
   * @param context tar stream with the Dockerfile in it
   * @returns the image's id
   * @throws {BuildFailedError} when a step fails
   */
  buildImage(request: BuildRequest, context: Readable, onEvent: OnEngineEvent): Promise<string>;
}

export interface ContainerStore {
  /** Containers in any state that bear all the labels, each `name` or `name=value`. */
  listContainers(labels: readonly string[]): Promise<ContainerSummary[]>;
  /** @returns the container's id */
  createContainer(spec: ContainerSpec): Promise<string>;
  /** @param name name or id. Undefined where there is no such container. */
  inspectContainer(name: string): Promise<ContainerDetails | undefined>;
  /** The last lines of what a container in the background has printed, its errors after the rest. */
  readLogs(id: string, lines: number): Promise<string>;
  /** Call before `startContainer`, so that no output is lost. */
  attachContainer(id: string): Promise<Attachment>;
  startContainer(id: string): Promise<void>;
  /** Begins to wait. Call before `startContainer`, so that a short command is not missed. */
  waitContainer(id: string): Promise<ContainerExit>;
  /** Ends and removes it; nothing happens where it is gone already. */
  removeContainer(id: string): Promise<void>;
  /** A tar stream of a path in a container; undefined where there is no such path. */
  readArchive(id: string, path: string): Promise<Readable | undefined>;
  /** Unpacks a tar stream in a folder of a container. */
  writeArchive(id: string, folder: string, archive: Readable): Promise<void>;
}

export interface VolumeSummary {
  name: string;
  labels: Readonly<Record<string, string>>;
}

export interface VolumeStore {
  /** Volumes that bear all the labels, each `name` or `name=value`. */
  listVolumes(labels: readonly string[]): Promise<VolumeSummary[]>;
  /** Undefined where there is no such volume. */
  inspectVolume(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  removeVolume(name: string): Promise<void>;
}

export interface NetworkSummary {
  name: string;
  labels: Readonly<Record<string, string>>;
}

export interface NetworkStore {
  /** Networks that bear all the labels, each `name` or `name=value`. */
  listNetworks(labels: readonly string[]): Promise<NetworkSummary[]>;
  /** Labels of a network; undefined where there is no such network. */
  inspectNetwork(name: string): Promise<Readonly<Record<string, string>> | undefined>;
  /** Makes a bridge network with access to the outside. */
  createNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void>;
  /** Nothing happens where it is gone already. */
  removeNetwork(name: string): Promise<void>;
}

/**
 * What runs containers. Every method throws {@link BuildenvError}: `engine-unreachable` when the
 * connection fails, `not-found` when the thing is not there, `engine-failed` for the rest.
 */
export interface Engine {
  /** Path of its socket; undefined for one that is not known to see files at the paths they have here. */
  readonly socket: string | undefined;
  /** Path of its socket on its own machine, where that is known. */
  readonly hostSocket: string | undefined;
  readonly images: ImageStore;
  readonly containers: ContainerStore;
  readonly volumes: VolumeStore;
  readonly networks: NetworkStore;
  info(): Promise<EngineInfo>;
  /** Where the engine has a file or folder that is here; undefined for what it does not see. */
  hostPath(path: string): string | undefined;
}
