import { posix } from 'node:path';
import type { ElfFile } from './elf-file';
import { LOADER_CACHE, type Loader } from './loader';
import { machineOf } from './machine';

/** A program or library in a process, with what asked for it first. */
export interface LoadedObject {
  /** As it was opened, links in it and all: `$ORIGIN` is its folder. A program's has no links. */
  path: string;
  elf: ElfFile;
  parent: LoadedObject | undefined;
}

/** One place of a search. The first in which something is found ends the search. */
export interface SearchPlace {
  /** A folder, or the file that names the paths. */
  name: string;
  /** Files of which the processor at hand, or its platform, decides; all that are there are taken. */
  paths: readonly string[];
}

/**
 * Where a loader looks for a library, in its order.
 *
 * glibc (elf/dl-load.c, `_dl_map_object`): the RPATH of who asks and of those that asked for it,
 * where it has no RUNPATH; `LD_LIBRARY_PATH`; its RUNPATH; the cache; the default folders. Each folder
 * has subfolders for processors. musl (ldso/dynlink.c, `load_library`): `LD_LIBRARY_PATH`, RPATH or
 * RUNPATH of who asks and of those that asked for it, the folders of its path file.
 *
 * @param name as `DT_NEEDED` has it; with a slash in it, it is a path
 * @param libraryPath folders of `LD_LIBRARY_PATH`
 */
export function searchPlaces(
  name: string,
  asking: LoadedObject,
  loader: Loader,
  libraryPath: readonly string[],
): SearchPlace[] {
  if (name.includes('/')) {
    return expandTokens(name, asking, loader).map((path) => ({ name: path, paths: [path] }));
  }
  const main = ancestors(asking).at(-1) ?? asking;
  const places = (owner: LoadedObject, folders: readonly string[]) =>
    folders.flatMap((folder) => placesOf(folder, name, owner, loader));

  if (loader.kind === 'musl') {
    return [
      ...places(main, libraryPath),
      ...ancestors(asking).flatMap((one) => places(one, [...one.elf.rpath, ...one.elf.runpath])),
      ...places(main, loader.folders),
    ];
  }
  const { elf } = asking;
  const inherited = elf.runpath.length > 0 ? [] : ancestors(asking);
  const defaults = places(main, loader.folders);
  const cached = loader.cache.get(name) ?? [];
  const inDefaults = (path: string) =>
    loader.folders.some((folder) => path.startsWith(`${folder}/`));
  return [
    ...inherited.flatMap((one) => places(one, one.elf.rpath)),
    ...places(main, libraryPath),
    ...places(asking, elf.runpath),
    {
      name: LOADER_CACHE,
      paths: elf.noDefaultFolders ? cached.filter((path) => !inDefaults(path)) : cached,
    },
    ...(elf.noDefaultFolders ? [] : defaults),
  ];
}

/** Itself, who asked for it, and so on to the program. */
function ancestors(object: LoadedObject): LoadedObject[] {
  const chain = [object];
  for (let one = object.parent; one !== undefined; one = one.parent) chain.push(one);
  return chain;
}

/** A folder with tokens is as many as its tokens have values; they are one place. */
function placesOf(
  folder: string,
  name: string,
  owner: LoadedObject,
  loader: Loader,
): SearchPlace[] {
  const hwcaps = loader.kind === 'glibc' ? (machineOf(owner.elf)?.hwcaps ?? []) : [];
  const folders = expandTokens(folder, owner, loader);
  const [first] = folders;
  if (first === undefined) return [];
  const paths = folders.flatMap((one) => [
    ...hwcaps.map((level) => posix.join(one, 'glibc-hwcaps', level, name)),
    posix.join(one, name),
  ]);
  return [{ name: posix.normalize(first), paths }];
}

function isAbsolute(path: string): boolean {
  return path.startsWith('/');
}

/**
 * Expands `$ORIGIN`, `$LIB` and `$PLATFORM` (ld.so(8), "Dynamic string tokens"). What then is no
 * absolute path depends on the working directory of a process and is left out, as is, with musl, a
 * path with tokens that it does not know.
 */
function expandTokens(path: string, owner: LoadedObject, loader: Loader): string[] {
  const origin = path.replaceAll(/\$(?:ORIGIN\b|\{ORIGIN\})/g, () => posix.dirname(owner.path));
  if (loader.kind === 'musl') return origin.includes('$') ? [] : [origin].filter(isAbsolute);
  const [first = ''] = loader.folders;
  const withLib = origin.replaceAll(/\$(?:LIB\b|\{LIB\})/g, () => first.slice(1));
  const platform = /\$(?:PLATFORM\b|\{PLATFORM\})/g;
  const platforms = platform.test(withLib) ? (machineOf(owner.elf)?.platforms ?? []) : [''];
  return platforms.map((value) => withLib.replaceAll(platform, () => value)).filter(isAbsolute);
}
