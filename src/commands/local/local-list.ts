import type { Command } from '../command';
import { formatTable } from '../format-table';
import { localPackages } from './local-packages';

export const localList: Command = {
  name: 'local list',
  words: '[IMAGE]',
  maxWords: 1,
  summary: "List a build image's packages, and which of them this machine has",
  details:
    'The packages that were installed on purpose when the image was made. Without IMAGE: the ' +
    "image of the environment that 'buildenv run' uses.",
  examples: [['buildenv local list', 'What a build without containers needs']],
  async run(context, { words }) {
    const { image, manager, chosen, installed } = await localPackages(context, words);
    const packages = [...chosen].map(([name, version]) => ({
      name,
      version,
      local: installed.get(name) ?? null,
    }));
    const rows = packages.map(({ name, version, local }) => [name, version, local ?? '-']);
    return {
      text: formatTable(['PACKAGE', 'IMAGE', 'HERE'], rows),
      json: { image, kind: manager.kind, packages },
    };
  },
};
