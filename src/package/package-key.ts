import { createHash } from 'node:crypto';
import type { PackageSpec } from './package-spec';
import type { TreeEntry } from './source/read-tree';

/** Another number makes all packages new: for a release of the tool that builds them otherwise. */
const KEY_VERSION = 1;

/** Hexadecimal digits of a key. */
const KEY_LENGTH = 32;

/**
 * The content key of a build: same key, same RPMs. File times and places are no part of it.
 * @param image id of the builder's image
 */
export function packageKey(
  spec: PackageSpec,
  image: string,
  sourceEntries: readonly TreeEntry[],
  packagingEntries: readonly TreeEntry[] | undefined,
): string {
  const inputs = {
    version: KEY_VERSION,
    recipe: { ...spec, source: undefined, packaging: undefined },
    image,
    source: sourceEntries.map(contentOf),
    packaging: packagingEntries?.map(contentOf),
  };
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, KEY_LENGTH);
}

function contentOf({ mode, ...entry }: TreeEntry): readonly unknown[] {
  switch (entry.kind) {
    case 'file':
      return [entry.path, mode, entry.digest];
    case 'folder':
      return [entry.path];
    case 'link':
      return [entry.path, entry.target];
  }
}
