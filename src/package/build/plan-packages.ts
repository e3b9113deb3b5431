import type { ArchiveEntry } from '../../archive/archive-entry';
import { builderContainer, folderEntry, toolFiles } from '../builder-container';
import { packageKey } from '../package-key';
import type { PackageSpec } from '../package-spec';
import type { BuiltPackage } from '../package-state';
import type { BuilderJob } from '../run-builder';
import type { PackageScope } from '../scope';
import type { TreeEntry } from '../source/read-tree';
import buildScript from './build-package.sh';
import { type BuildGoal, recipeFile } from './recipe-file';
import macros from './macros.rpm';

/** A package with all that it is built from. */
export interface GatheredPackage {
  spec: PackageSpec;
  /** Absolute path of the source tree. */
  folder: string;
  source: readonly TreeEntry[];
  packaging: readonly TreeEntry[] | undefined;
  /** Time of the commit, Unix time in seconds; undefined outside of git. */
  commitTime: number | undefined;
}

/** What is to be done for one package. */
export type PackageStep = { name: string; key: string; folder: string } & (
  { action: 'none'; built: BuiltPackage } | { action: 'build'; job: BuilderJob }
);

/** Where packages are built. */
export interface BuildPlace {
  scope: PackageScope;
  /** Id of the builder's image, by package. */
  imageOf: (spec: PackageSpec) => string;
}

/**
 * Compares packages with what was built of them before.
 * @param built by name
 */
export function planPackages(
  packages: readonly GatheredPackage[],
  built: Readonly<Record<string, BuiltPackage>>,
  place: BuildPlace,
  rebuild: boolean,
): PackageStep[] {
  return packages.map((one) => {
    const { spec, folder } = one;
    const { name } = spec;
    const key = packageKey(spec, place.imageOf(spec), one.source, one.packaging);
    const before = built[name];
    if (!rebuild && before?.key === key)
      return { name, key, folder, action: 'none', built: before };
    return { name, key, folder, action: 'build', job: buildJob(one, key, place, 'rpms') };
  });
}

/** The job that builds a package, or stops when the versions in its spec file are known. */
export function buildJob(
  { spec, source, packaging = [], commitTime }: GatheredPackage,
  key: string,
  { scope, imageOf }: BuildPlace,
  goal: BuildGoal,
): BuilderJob {
  const time = commitTime ?? Math.max(0, ...source.map(({ mtime }) => mtime));
  const job = goal === 'rpms' ? `build-${spec.name}` : `spec-${spec.name}`;
  return {
    container: builderContainer(scope, imageOf(spec), job, 'build-package.sh'),
    files: [
      ...toolFiles({
        'build-package.sh': buildScript,
        macros,
        recipe: recipeFile(spec, key, time, goal),
      }),
      folderEntry('build'),
      folderEntry('build/source'),
      ...source.map((entry) => treeEntry('build/source', entry)),
      folderEntry('build/packaging'),
      ...packaging.map((entry) => treeEntry('build/packaging', entry)),
    ],
  };
}

/** An entry as the builder's user has it: all of a tree is that user's, whoever has it here. */
function treeEntry(folder: string, entry: TreeEntry): ArchiveEntry {
  const { kind, mode, mtime } = entry;
  const base = { path: `${folder}/${entry.path}`, mode, mtime, uid: 0, gid: 0 };
  if (kind === 'folder') return { ...base, kind };
  if (kind === 'link') return { ...base, kind, target: entry.target };
  return { ...base, kind, source: entry.source, size: entry.size };
}
