import { posix } from 'node:path';
import { followPath } from '../elf/follow-path';
import type { ImageEntry } from '../rootfs/image-entry';
import type { ImageFiles } from '../rootfs/image-files';
import type { ImageFilesSpec } from './distro-spec';
import { pathFilter } from './path-filter';
import { folderMode, imagePath, LINK_MODE } from './place-entry';
import { SelectedTree } from './selected-tree';
import type { SelectedEntry, Selection, SelectionProblem } from './selection';

/**
 * Looks up what an entry of `files` selects in the image: as on the host, with the image's own modes
 * and owners where the entry says nothing else. Links that lead to what is selected are followed
 * inside the image.
 *
 * @param by `files[0]`
 * @throws {BuildenvError} what the engine says
 */
export async function selectImageFiles(
  files: ImageFilesSpec,
  by: string,
  image: ImageFiles,
): Promise<Selection> {
  const isThere = async (path: string) => (await realPath(image, path)) !== undefined;
  const filter = await pathFilter(posix.normalize(files.fromImage), isThere, files.exclude);
  const base = await realPath(image, filter.base, filter.isPattern);
  const problem = (origin: string, reason: string): SelectionProblem => {
    return { by, origin: inImage(origin), reason, missing: false };
  };
  if (base === undefined) {
    return { entries: [], problems: [{ ...problem(filter.base, 'is not there'), missing: true }] };
  }
  const found = await image.tree(base, filter);
  const problems = found
    .filter(({ kind }) => kind === 'other')
    .map(({ path }) => problem(path, 'is a device, a named pipe or a socket'));
  if (found.length === 0) {
    problems.push({ ...problem(files.fromImage, 'matches nothing'), missing: true });
  }
  const entries = found.flatMap((entry) => {
    const to = imagePath(files.to ?? base, posix.relative(base, entry.path));
    return imageSelection(entry, to, by, files);
  });
  return { entries, problems };
}

/** @returns what a distro keeps of an entry of the image; nothing for devices and the like */
export function imageSelection(
  entry: ImageEntry,
  path: string,
  by: string,
  { mode, owner }: Pick<ImageFilesSpec, 'mode' | 'owner'> = {},
): SelectedEntry[] {
  const { uid, gid } = owner ?? entry;
  const found = {
    origin: inImage(entry.path),
    imagePath: entry.path,
    foundMode: mode === undefined ? entry.mode : undefined,
  };
  const selected = { by, ...found, path, uid, gid };
  switch (entry.kind) {
    case 'folder':
      return [
        { ...selected, kind: 'folder', mode: mode === undefined ? entry.mode : folderMode(mode) },
      ];
    case 'link':
      return [{ ...selected, kind: 'link', mode: LINK_MODE, target: entry.target }];
    case 'file': {
      const { content: source, size, xattrs } = entry;
      return [
        {
          ...selected,
          kind: 'file',
          mode: mode ?? entry.mode,
          source,
          size,
          inode: source,
          xattrs,
        },
      ];
    }
    case 'other':
      return [];
  }
}

/** The path without links on the way; one at its end stays, unless it is to be followed too. */
async function realPath(
  image: ImageFiles,
  path: string,
  followEnd = false,
): Promise<string | undefined> {
  const tree = new SelectedTree([], image);
  if (followEnd || path === '/') return (await followPath(tree, path))?.path;
  const parent = await followPath(tree, posix.dirname(path));
  if (parent?.node.kind !== 'folder') return undefined;
  const real = posix.join(parent.path, posix.basename(path));
  return (await tree.look(real)) === undefined ? undefined : real;
}

function inImage(path: string): string {
  return `${path} in the image`;
}
