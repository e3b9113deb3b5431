import { isAbsolute, relative } from 'node:path';
import type { DepsSpec } from '../package-spec';
import type { ExportedVersion } from '../versions';
import type { Pin } from './plan-resolve';

type Environment = Readonly<Record<string, string | undefined>>;

/** The caller's own choice of a version comes before the built one. */
function chosenVersion({ variable, version }: ExportedVersion, env: Environment): string {
  const own = env[variable] ?? '';
  return own === '' ? version : own;
}

/** What the consuming project is to take, as its variables say it. */
export function pinsOf(exported: readonly ExportedVersion[], env: Environment): Pin[] {
  return exported.map((one) => ({ name: one.rpm.name, version: chosenVersion(one, env) }));
}

/**
 * The variables of an update: versions, `SINGLE_ARCH`, `BASESYSTEM` and `CUSTOM_REPO`, the path of the
 * repository's description. All others are the caller's, `SEABIOS_VERSION` say.
 */
export function depsVariables(
  { directory, arch, basesystem }: DepsSpec,
  exported: readonly ExportedVersion[],
  repositoryFile: string,
  env: Environment,
): Record<string, string> {
  const path = relative(directory, repositoryFile);
  const inside = !path.startsWith('..') && !isAbsolute(path);
  return {
    ...Object.fromEntries(exported.map((one) => [one.variable, chosenVersion(one, env)])),
    SINGLE_ARCH: arch,
    BASESYSTEM: (env['BASESYSTEM'] ?? '') === '' ? basesystem : (env['BASESYSTEM'] ?? ''),
    CUSTOM_REPO: inside ? path : repositoryFile,
  };
}
