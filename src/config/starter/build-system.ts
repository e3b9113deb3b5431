export type BuildSystem = 'make' | 'cmake' | 'meson' | 'cargo';

/** The file at a tree's root that shows how it is built. */
const FILES: readonly (readonly [string, BuildSystem])[] = [
  ['meson.build', 'meson'],
  ['CMakeLists.txt', 'cmake'],
  ['Cargo.toml', 'cargo'],
  ['Makefile', 'make'],
  ['GNUmakefile', 'make'],
];

/**
 * How a tree is built, where that can be seen.
 * @param has whether a file is at the tree's root
 */
export function findBuildSystem(has: (file: string) => boolean): BuildSystem | undefined {
  return FILES.find(([file]) => has(file))?.[1];
}

/** The usual commands that build and then test such a tree. */
export const BUILD_COMMANDS: Readonly<Record<BuildSystem, readonly string[]>> = {
  make: ['make', 'make test'],
  cmake: ['cmake -B build', 'cmake --build build', 'ctest --test-dir build'],
  meson: ['meson setup build', 'meson compile -C build', 'meson test -C build'],
  cargo: ['cargo build', 'cargo test'],
};
