import { updateDeps } from './update-deps';
import { chosenPackages, scopeOf } from './build-packages';
import type { Command } from '../command';
import { requireServer } from './package-server';

export const rpmDeps: Command = {
  name: 'rpm deps',
  words: '[NAME..]',
  summary: 'Bring the built packages into the consuming project, and verify that they are',
  details:
    'Runs the command of `rpm.deps` with the versions of the packages, SINGLE_ARCH, BASESYSTEM and ' +
    'CUSTOM_REPO in its environment; without one, writes a lock file. Before it, the packages are held ' +
    "against the project's repositories; after it, their checksums and URLs are looked for in the files " +
    'that changed. Where something is wrong the files are as they were.',
  examples: [
    ['buildenv rpm deps', 'Update the consuming project'],
    ['LIBVIRT_ONLY=1 buildenv rpm deps', 'With one package'],
    ['buildenv rpm deps --dry-run', 'Update a copy, verify it, and print the difference'],
  ],
  async run(context, { words }) {
    const specs = chosenPackages(context, words);
    const scope = scopeOf(context);
    const engine = await context.engine();
    const { url } = await requireServer(scope, engine);
    return updateDeps(context, { scope, engine, specs }, url);
  },
};
