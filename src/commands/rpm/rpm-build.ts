import type { PackageStep } from '../../package/build/plan-packages';
import type { BuiltPackage, PackageState } from '../../package/package-state';
import { fullVersion } from '../../package/rpm';
import { buildPackages, logFolder, planProjectPackages } from './build-packages';
import type { Command } from '../command';

export const rpmBuild: Command = {
  name: 'rpm build',
  words: '[NAME..]',
  summary: 'Build the RPMs of packages whose source, recipe or image changed, all at the same time',
  details:
    'Without a NAME: all packages, or the one whose <NAME>_ONLY is set. The source tree is read, never ' +
    'written to; <NAME>_DIR says where it is.',
  options: { rebuild: { kind: 'flag', summary: 'Build again what is up to date' } },
  examples: [
    ['LIBVIRT_DIR=~/libvirt buildenv rpm build libvirt', 'Build one package'],
    ['LIBVIRT_ONLY=1 buildenv rpm build', 'The same, chosen by a variable'],
    ['buildenv rpm build --dry-run', 'Say what would be built'],
  ],
  async run(context, args) {
    const plan = await planProjectPackages(context, args.words, args.flag('rebuild'));
    const { steps } = plan;
    if (context.dryRun) {
      return {
        text: steps.map(planLine).join('\n'),
        json: steps.map(({ name, action, key, folder }) => ({ name, action, key, source: folder })),
      };
    }
    const state = await buildPackages(context, plan);
    const done = steps.map((step) => ({ step, built: builtOf(step, state) }));
    return {
      text: done.map(({ step, built }) => doneLines(step, built)).join('\n'),
      json: done.map(({ step: { name, action, key }, built: { rpms } }) => ({
        name,
        action,
        key,
        log: `${logFolder(plan.scope)}/${name}.log`,
        rpms: rpms.map(({ file, sha256, ...rpm }) => ({
          name: rpm.name,
          version: fullVersion(rpm),
          arch: rpm.arch,
          file,
          sha256,
        })),
      })),
    };
  },
};

function planLine({ name, action, key, folder }: PackageStep): string {
  return `${action.padEnd(6)} ${name} from ${folder} (key ${key})`;
}

function builtOf(step: PackageStep, state: PackageState): BuiltPackage {
  if (step.action === 'none') return step.built;
  return state.packages[step.name] ?? { key: step.key, rpms: [] };
}

function doneLines({ name, action }: PackageStep, { rpms }: BuiltPackage): string {
  const head = `${name} ${action === 'none' ? 'is up to date' : 'is built'}`;
  return [head, ...rpms.map(({ file }) => `  ${file}`)].join('\n');
}
