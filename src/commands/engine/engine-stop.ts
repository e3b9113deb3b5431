import type { Command } from '../command';

export const engineStop: Command = {
  name: 'engine stop',
  maxWords: 0,
  summary: 'Stop the engine that `engine start` started; its images and volumes stay',
  examples: [['buildenv engine stop', 'Its containers end']],
  async run(context) {
    if (context.dryRun) {
      const { running, url } = await (await context.privateEngine()).status();
      const text = running ? `would stop the one at ${url}` : 'no engine of yours is running';
      return { text, json: { stopped: false } };
    }
    const stopped = await (await context.privateEngine()).stop();
    return { text: stopped ? 'stopped' : 'no engine of yours is running', json: { stopped } };
  },
};
