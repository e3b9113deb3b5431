import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { followPath } from '../elf/follow-path';
import type { ImageFiles } from '../rootfs/image-files';
import { type InstalledPackage, packageUrl, parseDpkgStatus } from '../sbom/debian-packages';
import { SelectedTree } from './selected-tree';

const STATUS = '/var/lib/dpkg/status';
const LISTS = '/var/lib/dpkg/info';

/** A package by its package URL. */
export type OwningPackage = InstalledPackage & { url: string };

/**
 * The packages of an image that own some of its files, by dpkg's database. An image with another
 * package manager, or none, has none that are known.
 *
 * @param paths absolute, without links on the way
 * @returns packages by path
 * @throws {BuildenvError} what the engine says
 */
export async function owningPackages(
  image: ImageFiles,
  paths: ReadonlySet<string>,
): Promise<ReadonlyMap<string, OwningPackage>> {
  const owners = new Map<string, OwningPackage>();
  const tree = new SelectedTree([], image);
  const status = await readText(tree, STATUS);
  if (status === undefined) return owners;
  const distribution = /^ID="?([a-z0-9._-]+)/m.exec(
    (await readText(tree, '/etc/os-release')) ?? '',
  );
  const choice = { key: 'lists', selects: (path: string) => path.endsWith('.list') };
  const lists = new Map(
    (await image.tree(LISTS, choice)).map(({ path, content }) => [posix.basename(path), content]),
  );
  const folders = new Map<string, string>();
  for (const one of parseDpkgStatus(status)) {
    const list = lists.get(`${one.list}.list`);
    if (list === undefined) continue;
    const owner = { ...one, url: packageUrl(one, distribution?.[1] ?? 'debian') };
    for (const path of readFileSync(list, 'utf8').split('\n')) {
      const [, top = ''] = /^(\/[^/]+)\/./.exec(path) ?? [];
      if (top === '') continue;
      // Packages may still name /lib where that is a link to /usr/lib.
      const real = folders.get(top) ?? (await followPath(tree, top))?.path ?? top;
      folders.set(top, real);
      const place = real + path.slice(top.length);
      if (paths.has(place)) owners.set(place, owner);
    }
  }
  return owners;
}

async function readText(tree: SelectedTree, path: string): Promise<string | undefined> {
  const found = await followPath(tree, path);
  return found?.node.kind === 'file' ? (await tree.read(found.path)).toString() : undefined;
}
