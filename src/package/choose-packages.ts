import { BuildenvError } from '../errors/buildenv-error';
import { didYouMean } from '../errors/did-you-mean';
import type { PackageSpec } from './package-spec';
import { variablePrefix } from './recipes';

/**
 * The packages that are meant: those that are named; else those whose `<NAME>_ONLY` variable is set,
 * `LIBVIRT_ONLY` say; else all.
 * @throws {BuildenvError} `usage` for a name that is not there, and where two such variables are set
 */
export function choosePackages(
  packages: ReadonlyMap<string, PackageSpec>,
  names: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): PackageSpec[] {
  if (names.length > 0) {
    return [...new Set(names)].map((name) => {
      const spec = packages.get(name);
      if (spec !== undefined) return spec;
      const known = [...packages.keys()];
      throw new BuildenvError('usage', `There is no package '${name}'`, {
        hint: didYouMean(name, known) ?? `This project has: ${known.join(', ') || 'none'}.`,
      });
    });
  }
  const all = [...packages.values()];
  const only = all.filter(({ name }) => (env[onlyVariable(name)] ?? '') !== '');
  if (only.length <= 1) return only.length === 1 ? only : all;
  const variables = only.map(({ name }) => onlyVariable(name)).join(' and ');
  throw new BuildenvError('usage', `${variables} are both set, and exclude each other`, {
    hint: 'Unset one of them, or name the packages to build.',
  });
}

function onlyVariable(name: string): string {
  return `${variablePrefix(name)}_ONLY`;
}
