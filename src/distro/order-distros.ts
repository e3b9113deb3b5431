import { BuildenvError } from '../errors/buildenv-error';
import type { DistroSpec } from './distro-spec';

/**
 * The named distros and those that they stand on, each after its base.
 * @throws {BuildenvError} `usage` for a name that is no distro of the project
 */
export function orderDistros(
  distros: ReadonlyMap<string, DistroSpec>,
  names: readonly string[],
): DistroSpec[] {
  const ordered = new Map<string, DistroSpec>();
  const visit = (name: string) => {
    if (ordered.has(name)) return;
    const spec = distros.get(name);
    if (spec === undefined) throw unknownDistro(name, distros);
    if (spec.base !== undefined) visit(spec.base);
    ordered.set(name, spec);
  };
  names.forEach(visit);
  return [...ordered.values()];
}

function unknownDistro(name: string, distros: ReadonlyMap<string, DistroSpec>): BuildenvError {
  return new BuildenvError('usage', `There is no distro '${name}'`, {
    hint: `This project has: ${[...distros.keys()].join(', ')}.`,
  });
}
