import type { Command } from '../command';
import { discoverRunning } from './discover-running';

export const engineStatus: Command = {
  name: 'engine status',
  maxWords: 0,
  summary: 'Say which engine is used, and whether an engine of your own is running',
  examples: [['buildenv engine status', 'Status 1 when no engine answers']],
  async run(context) {
    const used = await discoverRunning(context);
    const own = await (await context.privateEngine()).status();
    const state = own.running ? `running, pid ${own.pid ?? '?'}` : 'not running';
    return {
      status: used === undefined ? 1 : 0,
      text: [
        used === undefined ? 'no engine answers' : `in use: ${used}`,
        `your own: ${state}, ${own.url}, data in ${own.folder}, log ${own.log}`,
      ].join('\n'),
      json: { url: used ?? null, own: { ...own, pid: own.pid ?? null } },
    };
  },
};
