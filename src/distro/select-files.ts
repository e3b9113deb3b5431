import { isUtf8 } from 'node:buffer';
import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { basename, join, posix } from 'node:path';
import type { DistroFileSpec } from './distro-spec';
import type { SelectedEntry, Selection, SelectionProblem } from './selection';

interface Candidate {
  index: number;
  source: string;
  path: string;
}

/**
 * Looks up what `files` select: files, folders with all that is in them, and links as links. A file
 * whose `to` ends in a slash goes into that folder under its own name. Only metadata is read.
 *
 * Never throws: what is missing or cannot be packed is in the result's `problems`.
 */
export function selectFiles(files: readonly DistroFileSpec[]): Selection {
  const entries: SelectedEntry[] = [];
  const problems: SelectionProblem[] = [];
  const pending = files
    .map((file, index) => ({ index, source: file.from, path: file.to }))
    .reverse();

  for (let candidate = pending.pop(); candidate !== undefined; candidate = pending.pop()) {
    try {
      const stats = lstatSync(candidate.source);
      const entry = inspect(candidate, stats);
      if (typeof entry === 'string') problems.push(problem(candidate, entry));
      else entries.push(entry);
      if (stats.isDirectory()) pending.push(...list(candidate, problems));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const missing = code === 'ENOENT' || code === 'ENOTDIR';
      const reason = missing ? 'is not there' : `cannot be read: ${code ?? String(error)}`;
      problems.push({ ...problem(candidate, reason), missing });
    }
  }
  return { entries, problems };
}

/** @returns what it is for the image, or why the image cannot have it */
function inspect({ index, source, path: to }: Candidate, stats: Stats): SelectedEntry | string {
  if (stats.isDirectory()) return { kind: 'folder', index, source, path: imagePath(to) };

  const path = imagePath(to.endsWith('/') ? to + basename(source) : to);
  if (stats.isSymbolicLink()) {
    const target = readlinkSync(source, 'buffer');
    return isUtf8(target)
      ? { kind: 'link', index, source, path, target: target.toString() }
      : 'is a link to a name that is not UTF-8';
  }
  if (stats.isFile()) {
    const executable = (stats.mode & 0o111) !== 0;
    return { kind: 'file', index, source, path, size: stats.size, executable };
  }
  if (stats.isSocket()) return 'is a socket';
  return stats.isFIFO() ? 'is a named pipe' : 'is a device';
}

function list(folder: Candidate, problems: SelectionProblem[]): Candidate[] {
  const names = readdirSync(folder.source, { encoding: 'buffer' });
  return names.flatMap((bytes) => {
    const name = bytes.toString();
    const child = {
      index: folder.index,
      source: join(folder.source, name),
      path: posix.join(folder.path, name),
    };
    if (isUtf8(bytes)) return [child];
    problems.push(problem(child, 'has a name that is not UTF-8'));
    return [];
  });
}

function problem({ index, source }: Candidate, reason: string): SelectionProblem {
  return { index, source, reason, missing: false };
}

function imagePath(path: string): string {
  return posix.resolve('/', path).slice(1);
}
