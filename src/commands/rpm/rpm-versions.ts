import { type ExportedVersion, builtPackage, exportedVersions } from '../../package/versions';
import { fullVersion, type Rpm } from '../../package/rpm';
import { loadState } from '../../package/package-state';
import { chosenPackages, scopeOf } from './build-packages';
import type { Command, CommandResult } from '../command';
import { type SpecVersion, specVersions } from './spec-versions';

export const rpmVersions: Command = {
  name: 'rpm versions',
  words: '[NAME..]',
  summary: 'Print EPOCH:VERSION-RELEASE of the built packages, or of what would be built',
  options: {
    export: { kind: 'flag', summary: 'Print lines for a shell: export LIBVIRT_VERSION=..' },
    spec: { kind: 'flag', summary: 'Read the spec file of the source as it is now; build nothing' },
  },
  examples: [
    ['buildenv rpm versions', 'Every built RPM'],
    ['eval "$(buildenv rpm versions --export)"', 'Set LIBVIRT_VERSION and the like'],
    ['buildenv rpm versions --spec libvirt', 'Before the build'],
  ],
  async run(context, args) {
    if (args.flag('spec')) {
      return specResult(await specVersions(context, args.words), args.flag('export'));
    }
    const specs = chosenPackages(context, args.words);
    const { packages } = (await loadState(scopeOf(context), await context.engine())) ?? {
      packages: {},
    };
    const rpms = specs.flatMap(({ name }) => builtPackage(name, packages).rpms);
    const exported = exportedVersions(specs, packages);
    return builtResult(rpms, exported, args.flag('export'));
  },
};

function builtResult(
  rpms: readonly Rpm[],
  exported: readonly ExportedVersion[],
  asExports: boolean,
): CommandResult {
  const lines = rpms.map((rpm) => `${rpm.name} ${fullVersion(rpm)} ${rpm.arch}`);
  return {
    text: (asExports ? exported.map(exportLine) : lines).join('\n'),
    json: {
      packages: rpms.map((rpm) => ({
        name: rpm.name,
        version: fullVersion(rpm),
        arch: rpm.arch,
      })),
      exports: Object.fromEntries(exported.map((one) => [one.variable, one.version])),
    },
  };
}

function specResult(versions: readonly SpecVersion[], asExports: boolean): CommandResult {
  const exported = versions.flatMap(({ variables, version }) =>
    variables.map((variable) => ({ variable, version })),
  );
  const lines = versions.map(({ name, version }) => `${name} ${version}`);
  return {
    text: (asExports ? exported.map(exportLine) : lines).join('\n'),
    json: {
      packages: versions.map(({ name, version }) => ({ name, version, arch: null })),
      exports: Object.fromEntries(exported.map((one) => [one.variable, one.version])),
    },
  };
}

function exportLine({ variable, version }: { variable: string; version: string }): string {
  return `export ${variable}=${version}`;
}
