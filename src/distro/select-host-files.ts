import { readlinkSync, type Stats } from 'node:fs';
import { decodeName, encodeName } from '../archive/byte-name';
import type { HostFilesSpec } from './distro-spec';
import { fileMode, folderMode, imagePath, LINK_MODE } from './place-entry';
import type { SelectedEntry, Selection, SelectionProblem } from './selection';
import { walkHostFiles } from './walk-host-files';

/**
 * Looks up what an entry of `files` selects on the host: files, folders with all that is in them,
 * what a glob matches, and links as links. Only metadata is read.
 *
 * Never throws: what is missing or cannot be packed is in the result's `problems`.
 *
 * @param by `files[0]`
 */
export async function selectHostFiles(files: HostFilesSpec, by: string): Promise<Selection> {
  const { isPattern, found } = await walkHostFiles(files);
  const entries: SelectedEntry[] = [];
  const problems: SelectionProblem[] = [];
  for (const file of found) {
    const { source } = file;
    try {
      if (file.stats === undefined) throw file.error;
      const entry = inspect(files, by, source, file.below, file.stats);
      if (typeof entry !== 'string') entries.push(entry);
      else problems.push({ by, origin: source, reason: entry, missing: false });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      const reason = missing ? 'is not there' : `cannot be read: ${code ?? String(error)}`;
      problems.push({ by, origin: source, reason, missing });
    }
  }
  if (isPattern && entries.length === 0 && problems.length === 0) {
    problems.push({ by, origin: files.from, reason: 'matches nothing', missing: true });
  }
  return { entries, problems };
}

/** @returns what it is for the image, or why the image cannot have it */
function inspect(
  files: HostFilesSpec,
  by: string,
  source: string,
  below: string,
  stats: Stats,
): SelectedEntry | string {
  const { uid, gid } = files;
  const foundMode = files.mode === undefined ? stats.mode & 0o7777 : undefined;
  const entry = { by, origin: source, path: imagePath(files.to, below), foundMode, uid, gid };
  if (stats.isDirectory()) return { ...entry, kind: 'folder', mode: folderMode(files.mode) };
  if (stats.isSymbolicLink()) {
    const target = decodeName(readlinkSync(encodeName(source), 'buffer'));
    return { ...entry, kind: 'link', mode: LINK_MODE, target };
  }
  if (stats.isFile()) {
    const mode = files.mode ?? fileMode(stats.mode);
    const inode = stats.nlink > 1 ? `${stats.dev}:${stats.ino}` : undefined;
    return { ...entry, kind: 'file', mode, source, size: stats.size, inode };
  }
  if (stats.isSocket()) return 'is a socket';
  return stats.isFIFO() ? 'is a named pipe' : 'is a device';
}
