import { allCommands } from '../commands/all-commands';
import type { Command } from '../commands/command';

export const completion: Command = {
  name: 'completion',
  maxWords: 0,
  summary: 'Print a completion script for bash or zsh',
  examples: [
    ['buildenv completion >> ~/.bashrc', 'Complete commands and options with the tab key'],
  ],
  async run() {
    const { completionScript } = await import('./yargs-program');
    return { text: await completionScript([...allCommands, completion]) };
  },
};
