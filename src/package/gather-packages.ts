import { readRevision } from '../git/read-revision';
import type { GatheredPackage } from './build/plan-packages';
import type { PackageSpec } from './package-spec';
import {
  checkRevision,
  locateSource,
  sourceError,
  type SourceProblem,
} from './source/locate-source';
import { readTree } from './source/read-tree';

/**
 * Finds and reads what packages are built from. All input is checked before anything is read.
 * @param cwd where paths in variables start
 * @throws {BuildenvError} `usage` with every variable, folder and spec file that is missing, and every
 * tree whose changes are not committed
 */
export async function gatherPackages(
  specs: readonly PackageSpec[],
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): Promise<GatheredPackage[]> {
  const problems: SourceProblem[] = [];
  const located = await Promise.all(
    specs.map(async (spec) => {
      const folders = locateSource(spec, env, cwd);
      if (Array.isArray(folders)) {
        problems.push(...folders);
        return [];
      }
      const revision = await readRevision(folders.source, env);
      problems.push(...checkRevision(spec, folders.source, revision));
      return [{ spec, folders, revision }];
    }),
  );
  if (problems.length > 0) throw sourceError(problems);
  return Promise.all(
    located.flat().map(async ({ spec, folders: { source, packaging }, revision }) => ({
      spec,
      folder: source,
      source: await readTree(source, spec.source.exclude, env),
      packaging: packaging === undefined ? undefined : await readTree(packaging, [], env),
      commitTime: revision?.commitTime,
    })),
  );
}
