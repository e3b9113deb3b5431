import { dirname, posix, resolve } from 'node:path';
import type { DistroFileSpec, DistroSpec } from '../distro/distro-spec';
import type { ImageSpec } from '../image/image-spec';
import type { Lock } from '../image/lock';
import type { RegistryAuth, RegistrySpec } from '../registry/registry-spec';
import type { EnvironmentSpec, OutputsSpec } from '../run/environment-spec';
import type { SecretSpec } from '../run/secret';
import { parseSize } from './parse-size';
import { parseUlimit } from './parse-ulimit';
import { toPackage, toRpm } from './to-packages';
import type { Project } from './project';
import type {
  DistroEntry,
  EnvironmentEntry,
  FileEntry,
  ImageEntry,
  ProjectFile,
  RegistryEntry,
  SecretEntry,
} from './project-file';

function toRegistry(name: string, entry: RegistryEntry, root: string): RegistrySpec {
  const [, host = '', path] = /^([^/]+)(?:\/(.+))?$/.exec(entry.url) ?? [];
  const caFile = entry.ca === undefined ? undefined : resolve(root, entry.ca);
  return { name, host, path, auth: toRegistryAuth(entry), caFile };
}

function toRegistryAuth({ auth = 'docker', azure, ...entry }: RegistryEntry): RegistryAuth {
  if (auth === 'azure') {
    return { kind: auth, options: { disableInstanceDiscovery: false, ...azure } };
  }
  if (auth !== 'basic') return { kind: auth };
  const { username = '', passwordVariable = '' } = entry;
  return { kind: auth, username, passwordVariable };
}

/** In seconds. */
const GRACE = 4;
const IDLE = 600;

function toImage(name: string, entry: ImageEntry, root: string, lock: Lock): ImageSpec {
  if (entry.dockerfile === undefined) {
    const { from, bootstrap } = entry;
    const packages = bootstrap?.packages ?? [];
    const pinned = lock.get(from ?? '');
    return { kind: 'base', name, from, pinned, bootstrap: bootstrap && { ...bootstrap, packages } };
  }
  return {
    kind: 'dockerfile',
    name,
    dockerfile: resolve(root, entry.dockerfile),
    context: entry.context === undefined ? undefined : resolve(root, entry.context),
    needs: entry.needs ?? [],
    args: entry.args ?? {},
    target: entry.target,
  };
}

function toEnvironment(name: string, entry: EnvironmentEntry, root: string): EnvironmentSpec {
  const ulimits = Object.entries(entry.ulimits ?? {});
  return {
    name,
    image: entry.image,
    network: entry.network ?? 'host',
    devices: (entry.devices ?? []).map((device) =>
      typeof device === 'string'
        ? { path: device, required: true }
        : { path: device.path, required: device.required ?? true },
    ),
    ulimits: Object.fromEntries(ulimits.map(([limit, value]) => [limit, parseUlimit(value)])),
    capabilities: entry.capabilities ?? [],
    caches: entry.caches ?? {},
    grace: entry.grace ?? GRACE,
    reuse: entry.reuse ?? 'standby',
    idle: entry.idle ?? IDLE,
    env: { pass: entry.env?.pass ?? [], set: entry.env?.set ?? {} },
    source: entry.source,
    exclude: entry.exclude ?? [],
    outputs: toOutputs(entry.outputs ?? []),
    ssh: entry.ssh ?? false,
    docker: entry.docker ?? false,
    secrets: Object.entries(entry.secrets ?? {}).map(([secret, from]) =>
      toSecret(secret, from, root),
    ),
  };
}

function toSecret(
  name: string,
  { file, variable = '', as }: SecretEntry,
  root: string,
): SecretSpec {
  if (file === undefined) return { name, from: { variable }, as };
  return { name, from: { file: file.startsWith('~/') ? file : resolve(root, file) }, as };
}

const DEFAULT_LIMIT = '10G';

function toOutputs(entry: NonNullable<EnvironmentEntry['outputs']>): OutputsSpec {
  const {
    paths,
    onFailure = false,
    limit = DEFAULT_LIMIT,
  } = 'paths' in entry ? entry : { paths: entry };
  return { paths, onFailure, limit: parseSize(limit) };
}

function toFiles(entry: FileEntry, root: string): DistroFileSpec {
  const { from = '', fromImage, exclude } = entry;
  const to = entry.to === undefined ? undefined : posix.normalize(entry.to);
  const mode = entry.mode === undefined ? undefined : Number.parseInt(entry.mode, 8);
  const [uid = 0, gid = 0] = (entry.owner ?? '0:0').split(':').map(Number);
  if (fromImage === undefined) {
    return { from: resolve(root, from), to: to ?? '/', exclude, mode, uid, gid };
  }
  const owner = entry.owner === undefined ? undefined : { uid, gid };
  return { fromImage, to, exclude, mode, owner };
}

function toDistro(
  name: string,
  entry: DistroEntry,
  root: string,
  environments: ReadonlyMap<string, EnvironmentSpec>,
): DistroSpec {
  const { env = {}, labels = {}, exposedPorts = [], volumes = [], ...config } = entry.config ?? {};
  const { environment, libraries } = entry;
  return {
    name,
    base: entry.base,
    environment,
    image: environment === undefined ? entry.image : environments.get(environment)?.image,
    files: entry.files.map((file) => toFiles(file, root)),
    libraries: libraries === 'closure' ? { extra: [] } : libraries,
    config: {
      ...config,
      env,
      labels,
      exposedPorts: exposedPorts.map((port) => (port.includes('/') ? port : `${port}/tcp`)),
      volumes,
    },
  };
}

/** Each entry of a mapping turned into its spec. */
function mapEntries<E, S>(
  entries: Record<string, E> | undefined,
  toSpec: (name: string, entry: E) => S,
): ReadonlyMap<string, S> {
  return new Map(Object.entries(entries ?? {}).map(([name, entry]) => [name, toSpec(name, entry)]));
}

/**
 * Fills in the defaults and makes paths absolute.
 * @param path absolute path of the file, which the paths in it start from
 * @param lock digests of upstream images
 */
export function toProject(file: ProjectFile, path: string, lock: Lock = new Map()): Project {
  const root = dirname(path);
  const environments = mapEntries(file.environments, (name, entry) =>
    toEnvironment(name, entry, root),
  );
  return {
    root,
    file: path,
    name: file.project,
    namespace: file.namespace ?? file.project,
    registries: mapEntries(file.registries, (name, entry) => toRegistry(name, entry, root)),
    images: mapEntries(file.images, (name, entry) => toImage(name, entry, root, lock)),
    environments,
    test: file.test && { environment: file.test.environment, command: file.test.command },
    distros: mapEntries(file.distros, (name, entry) => toDistro(name, entry, root, environments)),
    protectedTags: file.publish?.protect ?? [],
    ci: {
      branch: file.ci?.branch ?? 'main',
      install: file.ci?.install,
      run: file.ci?.run,
    },
    packages: mapEntries(file.packages, (name, entry) => toPackage(name, entry, file.rpm, root)),
    rpm: toRpm(file.rpm, root),
  };
}
