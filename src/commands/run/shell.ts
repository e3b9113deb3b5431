import type { Command } from '../command';
import { runInEnvironment, runOptions } from './run-in-environment';

/** bash where the image has it: every image has sh, and few people want it at a prompt. */
const SHELL = ['/bin/sh', '-c', 'if command -v bash >/dev/null; then exec bash; else exec sh; fi'];

export const shell: Command = {
  name: 'shell',
  maxWords: 0,
  summary: 'Open an interactive shell in the environment',
  options: runOptions,
  examples: [['buildenv shell', 'bash, or sh where there is none']],
  run: (context, args) => runInEnvironment(context, SHELL, args),
};
