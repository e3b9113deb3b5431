import { planInstall } from '../../local/plan-install';
import type { Command } from '../command';
import { localPackages } from './local-packages';

export const localCheck: Command = {
  name: 'local check',
  words: '[IMAGE]',
  maxWords: 1,
  summary: "Say whether this machine has a build image's packages",
  details: 'Status 1 where some are missing. Versions may differ: buildenv local list shows them.',
  examples: [['buildenv local check && make', 'Build without a container where that can work']],
  async run(context, { words }) {
    const packages = await localPackages(context, words);
    const { missing } = planInstall({ ...packages, root: true, yes: false });
    const text =
      missing.length === 0
        ? `all ${packages.chosen.size} packages of ${packages.image} are installed`
        : `${missing.length} of ${packages.chosen.size} packages of ${packages.image} are missing: ` +
          missing.join(' ');
    const json = { image: packages.image, packages: packages.chosen.size, missing };
    return { status: missing.length === 0 ? 0 : 1, text, json };
  },
};
