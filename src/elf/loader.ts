import { posix } from 'node:path';
import type { ElfFile } from './elf-file';
import type { FileTree } from './file-tree';
import { followPath } from './follow-path';
import { type LoaderCache, readLoaderCache } from './loader-cache';
import { machineOf } from './machine';

/** A program's loader, with what it knows beside the program. */
export type Loader =
  | {
      kind: 'glibc';
      /** Folders that are searched last, of the loader's own making. */
      folders: readonly string[];
      cache: LoaderCache;
    }
  | {
      kind: 'musl';
      folders: readonly string[];
      /** The file that `folders` are from; undefined where they are the loader's own. */
      file: string | undefined;
    };

export const LOADER_CACHE = '/etc/ld.so.cache';

/** Whatever is missing in the loader's own: https://refspecs.linuxfoundation.org, FHS 3.0, 3.9. */
const GLIBC_FOLDERS = {
  32: ['/lib', '/usr/lib'],
  64: ['/lib64', '/usr/lib64', '/lib', '/usr/lib'],
};
const MUSL_FOLDERS = ['/lib', '/usr/local/lib', '/usr/lib'];

/** At least two absolute folders with a slash at their ends, NUL after each: glibc's `system_dirs`. */
const FOLDER_LIST = /(?:\/[\x21-\x7e]*\/\0){2,}/;

/** Names of musl's libc: its own, and Alpine's. glibc's is `libc.so.6`. */
const MUSL_LIBC = /^libc\.(?:so|musl-\w+\.so\.1)$/;

/** Path of the loader of a file: its own, or for a library the usual one of its machine and libc. */
export function loaderPath(elf: ElfFile): string | undefined {
  const machine = machineOf(elf);
  if (elf.interpreter !== undefined || machine === undefined) return elf.interpreter;
  const isMusl = elf.needed.some((name) => MUSL_LIBC.test(name));
  return isMusl ? `/lib/ld-musl-${machine.musl}.so.1` : machine.loader;
}

/**
 * Finds out what a loader knows, in the file system that it will run in. glibc's default folders
 * depend on how a distribution built it, so they are read from the loader itself; musl's are in
 * `/etc/ld-musl-ARCH.path` (musl, ldso/dynlink.c).
 *
 * @param path of the loader; it need not be there
 */
export async function readLoader(tree: FileTree, path: string, elf: ElfFile): Promise<Loader> {
  const musl = /^ld-musl-(.+)\.so\.1$/.exec(posix.basename(path));
  if (musl !== null) {
    const file = posix.join(path, `../../etc/ld-musl-${musl[1] ?? ''}.path`);
    const text = await readFile(tree, file);
    if (text === undefined) return { kind: 'musl', folders: MUSL_FOLDERS, file: undefined };
    return { kind: 'musl', folders: text.toString().split(/[:\n]/).filter(Boolean), file };
  }
  const loader = await readFile(tree, path);
  const list = loader === undefined ? null : FOLDER_LIST.exec(loader.toString('latin1'));
  const cache = await readFile(tree, LOADER_CACHE);
  return {
    kind: 'glibc',
    folders: list?.[0].split('/\0').filter(Boolean) ?? GLIBC_FOLDERS[elf.bits],
    cache: cache === undefined ? new Map() : readLoaderCache(cache),
  };
}

async function readFile(tree: FileTree, path: string): Promise<Buffer | undefined> {
  const found = await followPath(tree, path);
  return found?.node.kind === 'file' ? tree.read(found.path) : undefined;
}
