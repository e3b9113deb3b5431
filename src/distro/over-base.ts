import type { ArchiveEntry } from '../archive/archive-entry';
import { BuildenvError } from '../errors/buildenv-error';
import type { ImageConfig } from '../oci/image-config';
import { isSameEntry } from './same-entry';
import { listProblems } from './list-problems';

/** What a distro stands on. */
export interface DistroBase {
  reference: string;
  /** What is known of its files, by path. */
  contents: ReadonlyMap<string, ArchiveEntry>;
  config: ImageConfig;
}

/**
 * What has to be stored on a base: the entries that the base has not, or not so, and the folders
 * that lead to them, which an engine would otherwise make anew. A folder that nobody selected is as
 * the base has it.
 *
 * @param entries sorted, with the folders that lead to them
 * @param selected paths of what was selected; the other entries are folders on the way
 * @throws {BuildenvError} `config`, with all of them, where a folder meets something else
 */
export function entriesOverBase(
  distro: string,
  entries: readonly ArchiveEntry[],
  selected: ReadonlySet<string>,
  base: DistroBase,
): ArchiveEntry[] {
  const clashes: string[] = [];
  const leadingToStored = new Set<string>();
  const stored: ArchiveEntry[] = [];
  // What is in a folder comes after it.
  for (const entry of entries.toReversed()) {
    const { path, kind } = entry;
    const below = base.contents.get(path);
    if (below !== undefined && (below.kind === 'folder') !== (kind === 'folder')) {
      clashes.push(`/${path} is a ${kind} here and a ${below.kind} in ${base.reference}`);
    }
    const isOnTheWay = !selected.has(path);
    const isThere = below !== undefined && (isOnTheWay || isSameEntry(entry, below));
    if (isThere && !leadingToStored.has(path)) continue;
    leadingToStored.add(path.slice(0, Math.max(path.lastIndexOf('/'), 0)));
    stored.push(isOnTheWay ? (below ?? entry) : entry);
  }
  if (clashes.length > 0) {
    throw new BuildenvError('config', listProblems(`Distro ${distro}`, clashes.reverse()), {
      hint: 'Give "to" another path; where the base has a link, the path that the link leads to.',
    });
  }
  return stored.reverse();
}

/** The configuration of an image on a base: what is not set is the base's. */
export function configOverBase(own: ImageConfig, base: ImageConfig): ImageConfig {
  return {
    entrypoint: own.entrypoint ?? base.entrypoint,
    // Arguments for the base's program mean nothing to another one.
    cmd: own.cmd ?? (own.entrypoint === undefined ? base.cmd : undefined),
    workingDir: own.workingDir ?? base.workingDir,
    user: own.user ?? base.user,
    stopSignal: own.stopSignal ?? base.stopSignal,
    env: { ...base.env, ...own.env },
    labels: { ...base.labels, ...own.labels },
    exposedPorts: [...new Set([...base.exposedPorts, ...own.exposedPorts])],
    volumes: [...new Set([...base.volumes, ...own.volumes])],
  };
}
