import { findServer } from '../../package/serve/find-server';
import { stopServer } from '../../package/serve/apply-server';
import { scopeOf } from './build-packages';
import type { Command } from '../command';

export const rpmStop: Command = {
  name: 'rpm stop',
  maxWords: 0,
  summary: 'Stop the server of packages; the packages stay',
  examples: [['buildenv rpm stop', 'What `buildenv rpm serve` started ends']],
  async run(context) {
    const scope = scopeOf(context);
    const engine = await context.engine();
    if (context.dryRun) {
      const server = await findServer(scope, engine);
      const text = server === undefined ? NONE : `would stop the one at ${server.url}`;
      return { text, json: { stopped: false } };
    }
    const stopped = await stopServer(engine, scope);
    return { text: stopped ? 'stopped' : NONE, json: { stopped } };
  },
};

const NONE = 'no server of packages is running';
