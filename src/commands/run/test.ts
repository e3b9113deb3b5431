import { BuildenvError } from '../../errors/buildenv-error';
import type { Command } from '../command';
import { runInEnvironment, runOptions } from './run-in-environment';

export const test: Command = {
  name: 'test',
  words: '[--] [ARG..]',
  takesCommand: true,
  summary: "Run the project's tests in the environment that is made for them",
  details:
    "The command of the configuration's `test`, in the root of the tree, with each ARG behind it. " +
    "Its exit status is the tests' own. An image that is not up to date is built first.",
  options: runOptions,
  examples: [
    ['buildenv test', 'All tests'],
    ['buildenv test -- --filter threads', "With arguments for the project's own command"],
  ],
  async run(context, args) {
    const { test: spec, root, file, environments } = context.project();
    if (spec === undefined) {
      throw new BuildenvError('config', `${file} does not say how this project is tested`, {
        hint: 'Add it: test: {command: [make, test]}',
      });
    }
    const environment =
      spec.environment === undefined ? undefined : environments.get(spec.environment);
    const command = [...spec.command, ...args.words];
    return runInEnvironment({ ...context, cwd: root }, command, args, environment);
  },
};
