import { dirname, posix, resolve } from 'node:path';
import type { DistroSpec } from '../distro/distro-spec';
import type { ImageSpec } from '../image/image-spec';
import type { EnvironmentSpec, OutputsSpec } from '../run/environment-spec';
import { parseSize } from './parse-size';
import { parseUlimit } from './parse-ulimit';
import type { Project } from './project';
import type { DistroEntry, EnvironmentEntry, ImageEntry, ProjectFile } from './project-file';

function toImage(name: string, entry: ImageEntry, root: string): ImageSpec {
  if (entry.dockerfile === undefined) {
    const { from, bootstrap } = entry;
    const packages = bootstrap?.packages ?? [];
    return { kind: 'base', name, from, bootstrap: bootstrap && { ...bootstrap, packages } };
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

function toEnvironment(name: string, entry: EnvironmentEntry): EnvironmentSpec {
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
    env: { pass: entry.env?.pass ?? [], set: entry.env?.set ?? {} },
    source: entry.source,
    exclude: entry.exclude ?? [],
    outputs: toOutputs(entry.outputs ?? []),
    ssh: entry.ssh ?? false,
    docker: entry.docker ?? false,
  };
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

function toDistro(name: string, entry: DistroEntry, root: string): DistroSpec {
  const { env = {}, labels = {}, exposedPorts = [], volumes = [], ...config } = entry.config ?? {};
  return {
    name,
    files: entry.files.map(({ from, to, mode, owner = '0:0' }) => {
      const [uid, gid] = owner.split(':').map(Number);
      return {
        from: resolve(root, from),
        to: posix.normalize(to),
        mode: mode === undefined ? undefined : Number.parseInt(mode, 8),
        uid: uid ?? 0,
        gid: gid ?? 0,
      };
    }),
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
 */
export function toProject(file: ProjectFile, path: string): Project {
  const root = dirname(path);
  return {
    root,
    file: path,
    name: file.project,
    namespace: file.namespace ?? file.project,
    images: mapEntries(file.images, (name, entry) => toImage(name, entry, root)),
    environments: mapEntries(file.environments, toEnvironment),
    distros: mapEntries(file.distros, (name, entry) => toDistro(name, entry, root)),
  };
}
