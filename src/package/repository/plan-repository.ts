import { createHash } from 'node:crypto';
import { builderContainer, toolFiles } from '../builder-container';
import type { BuiltPackage } from '../package-state';
import type { BuilderJob } from '../run-builder';
import type { PackageScope } from '../scope';
import makeRepository from './make-repository.sh';

/** Makes the repository, or leaves it as it is. */
export type RepositoryPlan = { action: 'none' } | { action: 'make'; key: string; job: BuilderJob };

/** What a repository is made of. */
export interface RepositoryRequest {
  scope: PackageScope;
  /** Id of an image with createrepo_c. */
  image: string;
  keep: 'latest' | 'all';
  /** Builds by the name of the package. */
  packages: Readonly<Record<string, BuiltPackage>>;
}

/** @param current key of the repository that is there */
export function planRepository(
  { scope, image, keep, packages }: RepositoryRequest,
  current: string | undefined,
): RepositoryPlan {
  const builds = Object.entries(packages)
    .map(([name, { key }]) => `${name}/${key}`)
    .sort();
  const key = createHash('sha256').update(JSON.stringify({ keep, builds })).digest('hex');
  if (key === current) return { action: 'none' };
  const script = 'make-repository.sh';
  const words = [keep, ...builds];
  const container = builderContainer(scope, image, 'repository', script, { words });
  return {
    action: 'make',
    key,
    job: { container, files: toolFiles({ [script]: makeRepository }) },
  };
}
