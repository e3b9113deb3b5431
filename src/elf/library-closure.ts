import { posix } from 'node:path';
import type { ElfFile } from './elf-file';
import type { FileTree } from './file-tree';
import { type FollowedPath, followPath } from './follow-path';
import { LOADER_CACHE, type Loader, loaderPath, readLoader } from './loader';
import { sameMachine } from './machine';
import { type LoadedObject, type SearchPlace, searchPlaces } from './search-library';

/** A library or loader that is not where it is looked for. */
export interface MissingLibrary {
  /** Path of the file that asks for it. */
  neededBy: string;
  /** As that file has it. */
  name: string;
  /** Folders, and the loader's cache, in the order of the search; empty for a path. */
  searched: readonly string[];
}

export interface LibraryClosure {
  /** Files, and links that lead to them, absolute and without links on the way. */
  paths: ReadonlySet<string>;
  missing: readonly MissingLibrary[];
}

/** Names that musl's libc answers to itself: ldso/dynlink.c, `reserved`. */
const MUSL_OWN = /^lib(?:c|pthread|rt|m|dl|util|xnet)\./;

/**
 * Finds all that programs and libraries need to be loaded: their loader, the libraries that it would
 * load with them, the links by which it finds these, and its own files where these are found by them.
 * Libraries of which the processor decides are all taken.
 *
 * A library among the roots is loaded by some program, so what the programs among the roots have
 * loaded is there for it.
 *
 * @param roots absolute paths; those of files that are not ELF need nothing
 * @param libraryPath folders of `LD_LIBRARY_PATH` that the programs will have
 */
export async function libraryClosure(
  tree: FileTree,
  roots: readonly string[],
  libraryPath: readonly string[],
): Promise<LibraryClosure> {
  const closure = new ClosureSearch(tree, libraryPath);
  const libraries: string[] = [];
  for (const root of roots) {
    const elf = await closure.elf(root);
    if (elf?.interpreter === undefined || elf.soname !== undefined) libraries.push(root);
    else await closure.add(root);
  }
  for (const root of libraries) await closure.add(root, closure.loadedNames());
  return closure;
}

class ClosureSearch implements LibraryClosure {
  readonly paths = new Set<string>();
  readonly missing: MissingLibrary[] = [];
  private readonly tree: FileTree;
  private readonly libraryPath: readonly string[];
  private readonly loaders = new Map<string, Promise<Loader>>();
  private readonly names = new Set<string>();

  constructor(tree: FileTree, libraryPath: readonly string[]) {
    this.tree = tree;
    this.libraryPath = libraryPath;
  }

  /** Names of all that has been loaded so far. */
  loadedNames(): ReadonlySet<string> {
    return new Set(this.names);
  }

  async elf(path: string): Promise<ElfFile | undefined> {
    const found = await followPath(this.tree, path);
    const elf = found?.node.kind === 'file' ? await this.tree.elf(found.path) : undefined;
    return elf === undefined || 'malformed' in elf || !elf.loadable ? undefined : elf;
  }

  /**
   * Loads a program or library, and what it needs, as its loader would.
   * @param others names of libraries that are there anyhow
   */
  async add(root: string, others: ReadonlySet<string> = new Set()): Promise<void> {
    const found = await followPath(this.tree, root);
    const elf = await this.elf(root);
    if (found === undefined || elf === undefined) return;
    if (elf.needed.length === 0 && elf.interpreter === undefined) return;
    const path = loaderPath(elf);
    if (path === undefined) return;
    const loader = await this.loader(path, elf);
    const main = { path: found.path, elf, parent: undefined };
    const scope: LoadedObject[] = [main];
    const files = new Set([found.path]);
    const names = new Set(elf.soname === undefined ? [] : [elf.soname]);

    const loaders = await this.find([path], elf);
    for (const one of loaders) this.take(one, names, files);
    if (elf.interpreter !== undefined && loaders.length === 0) this.lacks(found.path, path, []);
    for (const object of scope) {
      for (const name of object.elf.needed) {
        if (names.has(name) || others.has(name)) continue;
        if (loader.kind === 'musl' && MUSL_OWN.test(name)) continue;
        const places = searchPlaces(name, object, loader, this.libraryPath);
        const { place, libraries } = await this.search(places, elf);
        if (libraries.length === 0) this.lacks(object.path, name, places);
        if (place !== undefined) await this.takeLoaderFile(loader, place);
        names.add(name);
        for (const library of libraries) {
          if (!this.take(library, names, files)) continue;
          scope.push({ path: library.opened, elf: library.elf, parent: object });
        }
      }
    }
    for (const name of names) this.names.add(name);
  }

  /** @returns whether it is a file that this process has not loaded yet */
  private take(library: FoundLibrary, names: Set<string>, files: Set<string>): boolean {
    if (library.elf.soname !== undefined) names.add(library.elf.soname);
    for (const path of [...library.links, library.path]) this.paths.add(path);
    if (files.has(library.path)) return false;
    files.add(library.path);
    return true;
  }

  private async search(
    places: readonly SearchPlace[],
    elf: ElfFile,
  ): Promise<{ place?: SearchPlace; libraries: FoundLibrary[] }> {
    for (const place of places) {
      const libraries = await this.find(place.paths, elf);
      if (libraries.length > 0) return { place, libraries };
    }
    return { libraries: [] };
  }

  /** Those of the paths at which there is an ELF file for the same machine; loaders pass over others. */
  private async find(paths: readonly string[], like: ElfFile): Promise<FoundLibrary[]> {
    const libraries: FoundLibrary[] = [];
    for (const opened of paths) {
      const found = await followPath(this.tree, opened);
      if (found?.node.kind !== 'file') continue;
      const elf = await this.tree.elf(found.path);
      if (elf === undefined || 'malformed' in elf || !sameMachine(elf, like)) continue;
      libraries.push({ ...found, opened, elf });
    }
    return libraries;
  }

  /** The loader needs its own file again where the image is run, if that led to the library. */
  private async takeLoaderFile(loader: Loader, { name, paths }: SearchPlace): Promise<void> {
    const isDefault = (path: string) => loader.folders.includes(posix.dirname(path));
    if (loader.kind === 'musl' && loader.file !== undefined && loader.folders.includes(name)) {
      await this.takeFile(loader.file);
    }
    if (name === LOADER_CACHE && !paths.every(isDefault)) await this.takeFile(LOADER_CACHE);
  }

  private async takeFile(path: string): Promise<void> {
    const found = await followPath(this.tree, path);
    if (found?.node.kind !== 'file') return;
    for (const one of [...found.links, found.path]) this.paths.add(one);
  }

  private loader(path: string, elf: ElfFile): Promise<Loader> {
    const loader = this.loaders.get(path) ?? readLoader(this.tree, path, elf);
    this.loaders.set(path, loader);
    return loader;
  }

  private lacks(neededBy: string, name: string, places: readonly SearchPlace[]): void {
    this.missing.push({ neededBy, name, searched: places.map((place) => place.name) });
  }
}

interface FoundLibrary extends FollowedPath {
  /** As the loader opens it. */
  opened: string;
  elf: ElfFile;
}
