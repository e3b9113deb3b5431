import type { PackageSpec } from './package-spec';
import type { BuiltPackage } from './package-state';
import { BuildenvError } from '../errors/buildenv-error';
import { fullVersion, type Rpm } from './rpm';

/** A version that a consuming project is told. */
export interface ExportedVersion {
  variable: string;
  /** `EPOCH:VERSION-RELEASE` */
  version: string;
  rpm: Rpm;
}

/**
 * The variables of built packages.
 * @throws {BuildenvError} `config` where an exported package was not built
 */
export function exportedVersions(
  specs: readonly PackageSpec[],
  built: Readonly<Record<string, BuiltPackage>>,
): ExportedVersion[] {
  return specs.flatMap(({ name, exports }) => {
    const { rpms } = builtPackage(name, built);
    return Object.entries(exports).map(([variable, wanted]) => {
      const rpm = rpms.find((one) => one.name === wanted);
      if (rpm !== undefined) return { variable, version: fullVersion(rpm), rpm };
      throw new BuildenvError('config', `${name} made no package ${wanted} for ${variable}`, {
        hint: `Correct packages.${name}.exports; it made: ${rpms.map((one) => one.name).join(', ')}.`,
      });
    });
  });
}

/** @throws {BuildenvError} `not-found` for a package that was not built yet */
export function builtPackage(
  name: string,
  built: Readonly<Record<string, BuiltPackage>>,
): BuiltPackage {
  const found = built[name];
  if (found !== undefined) return found;
  throw new BuildenvError('not-found', `${name} was not built yet`, {
    hint: `Build it first: buildenv rpm build ${name}`,
  });
}
