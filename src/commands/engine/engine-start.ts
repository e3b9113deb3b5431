import type { Command } from '../command';
import { discoverRunning } from './discover-running';

export const engineStart: Command = {
  name: 'engine start',
  maxWords: 0,
  summary: 'Start an engine of your own, where none answers',
  details:
    'It uses the dockerd (as root) or podman that is installed, keeps its data in the XDG state ' +
    'folder, and leaves an engine that runs already alone.',
  examples: [['buildenv engine start', 'Later commands find it by themselves']],
  async run(context) {
    const other = await discoverRunning(context);
    if (other !== undefined) {
      return {
        text: `an engine answers at ${other}; nothing started`,
        json: { started: false, url: other, pid: null, folder: null },
      };
    }
    if (context.dryRun) {
      const { url, folder } = await (await context.privateEngine()).status();
      return {
        text: `would start one at ${url}`,
        json: { started: false, url, pid: null, folder },
      };
    }
    context.progress.begin('engine', 'starting');
    try {
      const { url, pid, folder } = await (await context.privateEngine()).start();
      context.progress.end('engine', 'answers');
      return {
        text: `started at ${url}, data in ${folder}`,
        json: { started: true, url, pid: pid ?? null, folder },
      };
    } catch (error) {
      context.progress.fail('engine');
      throw error;
    }
  },
};
