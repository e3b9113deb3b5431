import type { ArchiveEntry } from '../archive/archive-entry';
import type { ContainerSpec } from '../engine/engine';
import followClient from './build/follow-client.sh';
import { cacheVolume, type PackageScope, rpmVolume, scopeLabels } from './scope';

/** Where the tool's own files are in a builder's container. */
export const TOOL_FOLDER = 'buildenv';

/** A container that runs one of the tool's scripts as root, and belongs to nobody else. */
export function builderContainer(
  scope: PackageScope,
  image: string,
  job: string,
  script: string,
  { network = 'none', words = [] as readonly string[] } = {},
): ContainerSpec {
  return {
    name: `${scope.prefix}-${job}`,
    image,
    command: ['sh', `/${TOOL_FOLDER}/${script}`, ...words],
    user: '0:0',
    workingDir: '/',
    env: ['LC_ALL=C.UTF-8'],
    labels: scopeLabels(scope, 'rpm-build', job),
    mounts: [
      { type: 'volume', source: rpmVolume(scope), target: '/rpms' },
      { type: 'volume', source: cacheVolume(scope), target: '/ccache' },
    ],
    devices: [],
    ulimits: [],
    capabilities: [],
    network,
    groups: [],
    securityOptions: [],
    terminal: false,
  };
}

/** Files of the tool's own in a builder's container, by name, and what every script sources. */
export function toolFiles(files: Readonly<Record<string, string>>): ArchiveEntry[] {
  const all = { 'follow-client.sh': followClient, ...files };
  return [
    folderEntry(TOOL_FOLDER),
    ...Object.entries(all).map(([name, text]): ArchiveEntry => ({
      kind: 'buffer',
      path: `${TOOL_FOLDER}/${name}`,
      content: Buffer.from(text),
      mode: 0o644,
      uid: 0,
      gid: 0,
      mtime: 0,
    })),
  ];
}

/** A folder of root's. */
export function folderEntry(path: string): ArchiveEntry {
  return { kind: 'folder', path, mode: 0o755, uid: 0, gid: 0, mtime: 0 };
}
