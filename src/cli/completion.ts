import type { Command } from '../commands/command';
import { commandTable } from '../commands/command-table';

export const completion: Command = {
  name: 'completion',
  maxWords: 0,
  summary: 'Print a completion script for bash or zsh',
  examples: [
    ['buildenv completion >> ~/.bashrc', 'Complete commands and options with the tab key'],
  ],
  async run() {
    const { completionScript } = await import('./yargs-program');
    const commands = await Promise.all(commandTable.map(({ load }) => load()));
    return { text: await completionScript([...commands, completion]) };
  },
};
