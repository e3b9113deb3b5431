import { posix } from 'node:path';
import type { ContainerSpec, Mount } from '../engine/engine';
import { LABEL } from '../image/labels';
import { cacheVolume } from './cache-volume';
import { type Caller, ROOT_UID } from './caller';
import type { EnvironmentSpec } from './environment-spec';
import { expandHome, homeFolder } from './home-folder';
import type { HostShare } from './host-share';

export interface RunRequest {
  project: string;
  /** Absolute path of the tree; it is at the same path inside. */
  root: string;
  /** What is mounted there: the tree itself, or the volume that it is copied to. */
  source: Mount;
  /** Absolute path of the caller's working directory, in the tree. */
  cwd: string;
  environment: EnvironmentSpec;
  /** Reference or id of the build image. */
  image: string;
  command: readonly string[];
  caller: Caller;
  /** Devices of the environment that this host has. */
  devices: readonly string[];
  shares: readonly HostShare[];
  /** The caller's variables. */
  env: Readonly<Record<string, string | undefined>>;
  /** `-e`: `NAME` passes the caller's value, `NAME=value` sets one. */
  extraEnv: readonly string[];
  terminal: boolean;
  /** Name of the container. */
  name: string;
  /** `host:pid` of this process. */
  owner: string;
}

/**
 * The container in which a command runs as if it ran on the host, without a supervisor, as a person
 * would start it. Pure.
 */
export function planRun(request: RunRequest): ContainerSpec {
  const { project, environment, caller, cwd } = request;
  const home = homeFolder(caller);
  return {
    name: request.name,
    image: request.image,
    command: request.command,
    user: `${caller.uid}:${caller.gid}`,
    workingDir: cwd,
    env: variables(request, home),
    labels: {
      [LABEL.project]: project,
      [LABEL.kind]: 'run',
      [LABEL.name]: environment.name,
      [LABEL.owner]: request.owner,
    },
    mounts: mounts(request, home),
    devices: request.devices,
    ulimits: Object.entries(environment.ulimits).map(([name, limit]) => ({ name, ...limit })),
    capabilities: environment.capabilities,
    network: environment.network,
    groups: caller.groups.filter((group) => group !== caller.gid).map(String),
    // A tree mounted from the host keeps its SELinux label, which a confined container cannot read.
    securityOptions: ['label=disable'],
    terminal: request.terminal,
  };
}

function variables(
  { environment, env, extraEnv, caller, shares, terminal }: RunRequest,
  home: string,
): string[] {
  const values = new Map<string, string>([
    ['HOME', home],
    ['USER', caller.name],
    ['LOGNAME', caller.name],
    ...shares.flatMap((share) => Object.entries(share.variables)),
  ]);
  const pass = (name: string) => {
    const value = env[name];
    if (value !== undefined) values.set(name, value);
  };
  if (terminal) pass('TERM');
  environment.env.pass.forEach(pass);
  for (const [name, value] of Object.entries(environment.env.set)) {
    values.set(name, expandHome(value, home));
  }
  for (const variable of extraEnv) {
    const end = variable.indexOf('=');
    if (end < 0) pass(variable);
    else values.set(variable.slice(0, end), variable.slice(end + 1));
  }
  return [...values].map(([name, value]) => `${name}=${value}`);
}

function mounts(
  { project, environment, caller, root, shares, source }: RunRequest,
  home: string,
): Mount[] {
  const caches = Object.entries(environment.caches).map(([name, path]): Mount => ({
    type: 'volume',
    source: cacheVolume(project, name, caller.uid),
    target: expandHome(path, home),
    labels: { [LABEL.project]: project, [LABEL.kind]: 'cache', [LABEL.name]: name },
  }));
  const targets = caches.map(({ target }) => target);
  return [
    ...homeMounts(caller, root, home, targets),
    ...shares.flatMap((share) => share.mounts),
    source,
    ...caches,
  ];
}

/**
 * A home that the caller can write to: in memory, so that nothing of it stays. The folders between
 * it and a cache would otherwise be made by the engine, as root's. What is in the tree or in another
 * cache is left as it is there, and a tree that holds the home is the home.
 */
function homeMounts(
  { uid, gid }: Caller,
  root: string,
  home: string,
  cacheTargets: readonly string[],
): Mount[] {
  if (uid === ROOT_UID || isInside(home, root)) return [];
  const mounted = [root, ...cacheTargets];
  const folders = new Set([home]);
  for (const target of cacheTargets) {
    for (
      let folder = posix.dirname(target);
      isInside(folder, home) && !mounted.some((other) => isInside(folder, other));
      folder = posix.dirname(folder)
    ) {
      folders.add(folder);
    }
  }
  const tmpfs = {
    type: 'tmpfs',
    source: '',
    options: 'exec,mode=0755',
    owner: { uid, gid },
  } as const;
  return [...folders].map((target) => ({ ...tmpfs, target }));
}

/** Whether a path is a folder or something below it. */
function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
