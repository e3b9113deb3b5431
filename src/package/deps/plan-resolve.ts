import { builderContainer, toolFiles } from '../builder-container';
import type { DepsSpec } from '../package-spec';
import { REPOSITORY_NAME } from '../repository/repository-files';
import type { BuilderJob } from '../run-builder';
import type { PackageScope } from '../scope';
import resolveScript from './resolve.py';
import runResolve from './resolve.sh';

/** A package of ours by name and `EPOCH:VERSION-RELEASE`. */
export interface Pin {
  name: string;
  version: string;
}

export interface Repository {
  name: string;
  url: string;
}

export interface ResolveRequest {
  scope: PackageScope;
  /** Id of an image with python3-dnf. */
  image: string;
  /** Where our repository is served. */
  url: string;
  pins: readonly Pin[];
  /** The consuming project's other repositories. */
  repositories: readonly Repository[];
  deps: Pick<DepsSpec, 'arch' | 'install'>;
  /** Whether what the pins need is resolved; for that the repositories must have it all. */
  resolve: boolean;
}

/** The job that holds pins against repositories. It sees the network as this machine does. */
export function resolveJob(request: ResolveRequest): BuilderJob {
  const { scope, image, url, pins, repositories, deps, resolve } = request;
  const text = JSON.stringify({
    arch: deps.arch,
    pins,
    install: deps.install,
    resolve,
    repositories: [{ name: REPOSITORY_NAME, url }, ...repositories],
  });
  return {
    container: builderContainer(scope, image, 'resolve', 'resolve.sh', { network: 'host' }),
    files: toolFiles({
      'resolve.sh': runResolve,
      'resolve.py': resolveScript,
      'request.json': text,
    }),
  };
}
