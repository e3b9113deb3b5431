import { quoteForShell } from '../../run/docker-argv';
import type { PackageSpec } from '../package-spec';

/** How far a build goes: to the RPMs, or to the spec file and the versions in it. */
export type BuildGoal = 'rpms' | 'spec';

/**
 * The variables that `build-package.sh` reads. Lists are words quoted for a shell.
 * @param time of the commit in the build's own repository, Unix time in seconds
 */
export function recipeFile(spec: PackageSpec, key: string, time: number, goal: BuildGoal): string {
  const { tarball, rpmbuild } = spec;
  const options = [
    ...(rpmbuild.requires ? [] : ['--nodeps']),
    ...(rpmbuild.check ? [] : ['--nocheck']),
    ...rpmbuild.with.flatMap((name) => ['--with', name]),
    ...rpmbuild.without.flatMap((name) => ['--without', name]),
  ];
  const defines = Object.entries(rpmbuild.defines).flatMap(([name, value]) => [
    '--define',
    `${name} ${value}`,
  ]);
  const variables = {
    package: spec.name,
    key,
    goal,
    time: String(time),
    method: tarball.method,
    options: quoteForShell(tarball.options),
    prefix: tarball.prefix,
    command: tarball.command,
    output: tarball.output,
    prepare: spec.prepare,
    spec_folder: spec.packaging === undefined ? 'source' : 'packaging',
    spec_file: spec.spec,
    mode: rpmbuild.mode,
    rpmbuild: quoteForShell(options),
    defines: quoteForShell(defines),
    expect: spec.expect.join(' '),
  };
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quoteForShell([value])}\n`)
    .join('');
}
