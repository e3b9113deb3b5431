import { lstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import { runGit } from '../../git/run-git';
import { hashFile } from '../../image/hash-file';

interface EntryBase {
  /** Relative to the tree, with `/`. */
  path: string;
  /** Permission bits without writing by group and others. */
  mode: number;
  /** Unix time in whole seconds. */
  mtime: number;
}

/** One thing of a source tree. */
export type TreeEntry = EntryBase &
  (
    | { kind: 'file'; source: string; size: number; digest: string }
    | { kind: 'folder' }
    | { kind: 'link'; target: string }
  );

const MODE_MASK = 0o755;

/** Git's own folder, or the file in its place. */
const GIT = '.git';

/**
 * All of a source tree, sorted by path. Of a folder that is the top of a git work tree that is what
 * git tracks or would track, submodules included; of any other folder it is all but version control's
 * own.
 * @param root absolute path
 * @param exclude paths below it that are left out, with all that is in them
 * @throws {BuildenvError} `host` for what cannot be read or built, `not-found` for submodules that are
 * not checked out
 */
export async function readTree(
  root: string,
  exclude: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<TreeEntry[]> {
  const left = new Set(exclude.map((path) => path.replaceAll(/^\/+|\/+$/g, '')));
  try {
    const tracked = await trackedPaths(root, env);
    const paths = tracked === undefined ? walk(root, '', left) : withFolders(tracked, left);
    return paths
      .flatMap((path) => entryOf(root, path, tracked))
      .sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  } catch (cause) {
    const { code, path = root } = cause as NodeJS.ErrnoException;
    if (cause instanceof BuildenvError || code === undefined) throw cause;
    throw new BuildenvError('host', `${path} cannot be read: ${code}`, {
      hint: 'Make it readable for you, or leave it out with `exclude`.',
      cause,
    });
  }
}

/** Undefined where the folder is no work tree's top. */
async function trackedPaths(
  root: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Set<string> | undefined> {
  const prefix = await runGit(root, env, ['rev-parse', '--show-prefix']);
  if (prefix?.trim() !== '') return undefined;
  const lists = await Promise.all([
    runGit(root, env, ['ls-files', '-z', '--cached', '--recurse-submodules']),
    runGit(root, env, ['ls-files', '-z', '--others', '--exclude-standard']),
  ]);
  if (lists.some((list) => list === undefined)) return undefined;
  const names = lists.flatMap((list) => list?.split('\0') ?? []);
  return new Set(names.filter((name) => name !== '').map((name) => name.replace(/\/$/, '')));
}

function withFolders(paths: ReadonlySet<string>, left: ReadonlySet<string>): string[] {
  const all = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    const folders = parts.map((_part, index) => parts.slice(0, index + 1).join('/'));
    if (!folders.some((folder) => left.has(folder))) folders.forEach((folder) => all.add(folder));
  }
  return [...all];
}

function walk(root: string, folder: string, left: ReadonlySet<string>): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.name === GIT || left.has(path)) return [];
    return entry.isDirectory() ? [path, ...walk(root, path, left)] : [path];
  });
}

function entryOf(
  root: string,
  path: string,
  tracked: ReadonlySet<string> | undefined,
): TreeEntry[] {
  const source = join(root, path);
  const stats = lstatSync(source, { throwIfNoEntry: false });
  // Git goes on listing a file that was removed and not yet committed.
  if (stats === undefined && tracked !== undefined) return [];
  if (stats === undefined) throw unbuildable(source, 'vanished while the tree was read');
  const base = { path, mode: stats.mode & MODE_MASK, mtime: Math.floor(stats.mtimeMs / 1000) };
  if (stats.isDirectory()) {
    if (tracked?.has(path)) throw submodule(source, root);
    return [{ ...base, kind: 'folder' }];
  }
  if (stats.isSymbolicLink()) return [{ ...base, kind: 'link', target: readlinkSync(source) }];
  if (stats.isFile()) {
    return [{ ...base, kind: 'file', source, size: stats.size, digest: hashFile(source) }];
  }
  throw unbuildable(source, `is ${nameKind(stats)}`);
}

function nameKind(stats: Stats): string {
  if (stats.isSocket()) return 'a socket';
  return stats.isFIFO() ? 'a named pipe' : 'a device';
}

function unbuildable(source: string, reason: string): BuildenvError {
  return new BuildenvError('host', `${source} ${reason}`, {
    hint: 'Remove it, or leave it out with `exclude`.',
  });
}

function submodule(source: string, root: string): BuildenvError {
  return new BuildenvError('not-found', `The submodule ${source} is not checked out`, {
    hint: `Check it out: git -C ${root} submodule update --init --recursive`,
  });
}
