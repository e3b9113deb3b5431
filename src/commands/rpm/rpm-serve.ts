import { BuildenvError } from '../../errors/buildenv-error';
import { findServer } from '../../package/serve/find-server';
import { chosenPackages, scopeOf } from './build-packages';
import type { Command } from '../command';
import { servePackages } from './package-server';

const LAST_PORT = 65_535;

export const rpmServe: Command = {
  name: 'rpm serve',
  maxWords: 0,
  summary: 'Serve the repository over HTTP from a container, and print its address',
  details:
    'The server goes on until `buildenv rpm stop`; what is built later is served by it too. It is ' +
    'reached by an address of its own on this machine and from containers; with --port by one of the ' +
    'loopback interface.',
  options: {
    port: { kind: 'value', placeholder: 'NUMBER', summary: 'Serve at this port of 127.0.0.1' },
  },
  examples: [
    ['buildenv rpm serve', 'Start the server, or say where it is'],
    ['buildenv rpm serve --port 8080', 'At http://127.0.0.1:8080/'],
  ],
  async run(context, args) {
    const port = portNumber(args.value('port'));
    chosenPackages(context, []);
    const scope = scopeOf(context);
    const engine = await context.engine();
    if (context.dryRun) {
      const server = await findServer(scope, engine);
      const text = server === undefined ? 'would start a server' : `${server.url} is served`;
      return { text, json: { url: server?.url ?? null, started: false } };
    }
    const { url, started } = await servePackages(context, scope, engine, port);
    return { text: url, json: { url, started } };
  },
};

function portNumber(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = /^[0-9]{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= LAST_PORT) return port;
  throw new BuildenvError('usage', `--port ${value} is no port`, {
    hint: `Give a number from 1 to ${LAST_PORT}.`,
  });
}
