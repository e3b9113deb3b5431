import { arch } from 'node:os';
import { resolve } from 'node:path';
import type { DepsSpec, PackageSpec, RpmSpec } from '../package/package-spec';
import { recipeDefaults, variablePrefix } from '../package/recipes';
import type { PackageEntry, RpmEntry } from './project-file';

/** A package with its recipe's defaults, and paths that start from `root` made absolute. */
export function toPackage(
  name: string,
  entry: PackageEntry,
  rpm: RpmEntry | undefined,
  root: string,
): PackageSpec {
  const { source, packagingVariable, ...defaults } = recipeDefaults(entry.recipe ?? 'spec', name);
  const prefix = variablePrefix(name);
  const absolute = (path: string | undefined) => path && resolve(root, path);
  const { packaging = packagingVariable === undefined ? undefined : {} } = entry;
  return {
    name,
    image: entry.image ?? rpm?.image ?? '',
    source: {
      path: absolute(entry.source?.path),
      variable: entry.source?.variable ?? `${prefix}_DIR`,
      dirty: entry.source?.dirty ?? source.dirty,
      exclude: entry.source?.exclude ?? source.exclude,
    },
    packaging: packaging && {
      path: absolute(packaging.path),
      variable: packaging.variable ?? packagingVariable ?? `${prefix}_PACKAGING_DIR`,
    },
    spec: entry.spec ?? defaults.spec,
    prepare: entry.prepare ?? '',
    tarball: { ...defaults.tarball, ...entry.tarball },
    rpmbuild: {
      ...defaults.rpmbuild,
      ...entry.rpmbuild,
      defines: { ...rpm?.defines, ...entry.rpmbuild?.defines },
    },
    expect: entry.expect ?? defaults.expect,
    exports: entry.exports ?? defaults.exports,
  };
}

/** The section `rpm:` with its defaults. */
export function toRpm(entry: RpmEntry = {}, root: string): RpmSpec {
  return {
    image: entry.image,
    server: entry.server,
    keep: entry.keep ?? 'latest',
    repositoryFile: resolve(root, entry.repositoryFile ?? 'custom-repo.yaml'),
    arch: entry.deps?.arch ?? machine(),
    deps: entry.deps && toDeps(entry.deps, root),
  };
}

function toDeps(entry: NonNullable<RpmEntry['deps']>, root: string): DepsSpec {
  const directory = resolve(root, entry.directory ?? '.');
  return {
    backend: entry.command === undefined ? 'resolve' : 'command',
    directory,
    command: entry.command ?? [],
    files: entry.files ?? ['rpms.lock.json'],
    repositories: (entry.repositories ?? []).map((path) => resolve(directory, path)),
    arch: entry.arch ?? machine(),
    basesystem: entry.basesystem ?? 'centos-stream-release',
    install: entry.install ?? [],
  };
}

/** This machine's architecture, as RPMs have it. */
function machine(): string {
  return arch() === 'arm64' ? 'aarch64' : 'x86_64';
}
