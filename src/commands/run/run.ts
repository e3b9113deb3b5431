import { BuildenvError } from '../../errors/buildenv-error';
import type { Command } from '../command';
import { runInEnvironment, runOptions } from './run-in-environment';

export const run: Command = {
  name: 'run',
  words: '[--] CMD [ARG..]',
  takesCommand: true,
  summary: 'Run a command in the environment as if its tools were installed here',
  details:
    'The tree is mounted at its own path, the working directory is kept, files belong to you, and ' +
    "the exit status is the command's own. Options after CMD are the command's. An image that is " +
    'not up to date is built first.',
  options: runOptions,
  examples: [
    ['buildenv run make test', 'Run make in the environment'],
    ['buildenv run -e DEBUG=1 make --help', 'Set a variable; --help goes to make'],
    ['tar c src | buildenv run sha256sum', 'Pipes work in both directions'],
    ['buildenv run --dry-run make', 'Print the docker command that does the same'],
  ],
  async run(context, args) {
    if (args.words.length === 0) {
      throw new BuildenvError('usage', 'run needs a command', {
        hint: 'For a shell: buildenv shell',
      });
    }
    return runInEnvironment(context, args.words, args);
  },
};
