import { ROOT_UID } from '../../run/caller';
import { quoteForShell } from '../../run/docker-argv';
import { BuildenvError } from '../../errors/buildenv-error';
import { applyInstall } from '../../local/apply-install';
import { planInstall } from '../../local/plan-install';
import type { Command } from '../command';
import { localPackages } from './local-packages';

export const localInstall: Command = {
  name: 'local install',
  words: '[IMAGE]',
  maxWords: 1,
  summary: "Install on this machine what it lacks of a build image's packages",
  details:
    "By this machine's own package manager, apt-get or dnf, and by sudo for other users than " +
    'root. It asks before it installs.',
  options: { yes: { kind: 'flag', alias: 'y', summary: 'Install without asking' } },
  examples: [
    ['buildenv local install', 'Make this machine able to build without a container'],
    ['buildenv local install --dry-run', 'Print the command that would do it'],
  ],
  async run(context, args) {
    const packages = await localPackages(context, args.words);
    const yes = args.flag('yes');
    const plan = planInstall({ ...packages, root: context.caller.uid === ROOT_UID, yes });
    const json = { missing: plan.missing, argv: plan.argv };
    if (plan.missing.length === 0) return { text: 'nothing is missing', json };
    if (context.dryRun) return { text: quoteForShell(plan.argv), json };
    if (!yes && !context.process.terminal) {
      throw new BuildenvError(
        'usage',
        `${plan.missing.length} packages are missing, and there is no terminal to ask at`,
        { hint: 'Say --yes to install them, or --dry-run to see which.' },
      );
    }
    await applyInstall(plan);
    return { text: `installed ${plan.missing.join(' ')}`, json };
  },
};
