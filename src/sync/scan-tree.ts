import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { decodeName, hostPath } from '../archive/byte-name';
import { BuildenvError } from '../errors/buildenv-error';
import type { PathFilter } from './path-filter';
import { ROOT, type EntryKind, type TreeEntry } from './tree-entry';

/** What stands for bytes that are not UTF-8. */
const REPLACEMENT = '\uFFFD';

/**
 * Looks at all of a tree that is not excluded, the root first and a folder before what is in it. What
 * is neither file, folder nor link is left out, and so is what vanishes meanwhile. Names are as
 * `decodeName` makes them.
 * @param root absolute path
 * @throws {BuildenvError} `host` for a folder that cannot be read
 */
export function scanTree(root: string, exclude: PathFilter): TreeEntry[] {
  const entries: TreeEntry[] = [];
  const walk = (folder: string): void => {
    for (const name of readFolder(folder === '' ? root : `${root}/${folder}`)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      const excluded = exclude.matches(path);
      if (excluded && !exclude.haveExceptions) continue;
      const stats = lstatSync(hostPath(`${root}/${path}`), { throwIfNoEntry: false });
      const kind = stats && kindOf(stats);
      if (stats === undefined || kind === undefined) continue;
      const { mode, uid, gid, size, mtimeMs } = stats;
      if (!excluded) entries.push({ path, kind, mode: mode & 0o7777, uid, gid, size, mtimeMs });
      if (kind === 'folder') walk(path);
    }
  };
  const { mode, uid, gid, mtimeMs } = lstatSync(root);
  entries.push({ path: ROOT, kind: 'folder', mode: mode & 0o7777, uid, gid, size: 0, mtimeMs });
  walk('');
  return entries;
}

function readFolder(folder: string): string[] {
  try {
    const names = readdirSync(hostPath(folder));
    if (!names.some((name) => name.includes(REPLACEMENT))) return names;
    return readdirSync(hostPath(folder), 'buffer').map(decodeName);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new BuildenvError('host', `${folder} cannot be read: ${code ?? String(cause)}`, {
      hint: 'Make the folder readable for you, or name it under exclude: in the environment.',
      cause,
    });
  }
}

function kindOf(stats: Stats): EntryKind | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'folder';
  return stats.isSymbolicLink() ? 'link' : undefined;
}
