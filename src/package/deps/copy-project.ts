import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
} from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import { cloneBeside, resetIndex } from '../../git/clone-beside';
import { readTree, type TreeEntry } from '../source/read-tree';
import { changedPaths } from './verify-update';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A consuming project's copy, in which an update can be tried: in git what git tracks or would track,
 * with history and branch, else all of it.
 */
export class ProjectCopy {
  /** Absolute path of the copy. */
  readonly directory: string;
  private readonly folder: string;
  private readonly original: string;
  private readonly entries: readonly TreeEntry[];

  private constructor(original: string, folder: string, entries: readonly TreeEntry[]) {
    this.original = original;
    this.folder = folder;
    this.entries = entries;
    this.directory = join(folder, basename(original));
  }

  /**
   * @param original absolute path of the project
   * @param parent absolute path of the folder in which the copy gets one of its own
   * @throws {BuildenvError} `host` where it cannot be read or written
   */
  static async make(original: string, parent: string, env: Environment): Promise<ProjectCopy> {
    const entries = await readTree(original, [], env);
    mkdirSync(parent, { recursive: true });
    const copy = new ProjectCopy(original, mkdtempSync(join(parent, 'copy-')), entries);
    try {
      const cloned = await cloneBeside(original, copy.directory, env);
      mkdirSync(copy.directory, { recursive: true });
      for (const entry of entries) copyEntry(entry, join(copy.directory, entry.path));
      if (cloned) await resetIndex(copy.directory, env);
      return copy;
    } catch (cause) {
      copy.remove();
      const { code } = cause as NodeJS.ErrnoException;
      if (cause instanceof BuildenvError || code === undefined) throw cause;
      throw new BuildenvError('host', `${original} cannot be copied to ${parent}: ${code}`, {
        hint: 'Make room there, or name another place with XDG_CACHE_HOME.',
        cause,
      });
    }
  }

  /** The place in the copy of a path in the project; one beside the copy for any other path. */
  placeOf(path: string): string {
    const inside = relative(this.original, path);
    const outside = inside.startsWith('..') || isAbsolute(inside);
    return outside ? join(this.folder, basename(path)) : join(this.directory, inside);
  }

  /** Paths at which the project itself is not any more as it was when it was copied. */
  async changesOfOriginal(env: Environment): Promise<string[]> {
    return changedPaths({
      before: this.entries,
      after: await readTree(this.original, [], env),
    });
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function copyEntry(entry: TreeEntry, target: string): void {
  switch (entry.kind) {
    case 'folder':
      mkdirSync(target, { recursive: true });
      return;
    case 'link':
      symlinkSync(entry.target, target);
      return;
    case 'file':
      copyFileSync(entry.source, target, constants.COPYFILE_FICLONE);
      chmodSync(target, entry.mode | 0o200);
      utimesSync(target, entry.mtime, entry.mtime);
  }
}
