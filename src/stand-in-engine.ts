import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createSocketServer } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { SOCKET } from './run/plan-container';
import { FRAME, frame } from './run/session/frames';

/** Standard output in the stream of an attached container. */
const STDOUT = 1;
const ID = `sha256:${'0'.repeat(64)}`;

/**
 * Answers the requests of a run as an engine would whose commands do nothing, at a Unix socket: for
 * the build, where there may be no engine.
 * @param image the one reference that its only image has
 * @param version of the supervisor
 */
export function standInEngine(socket: string, image: string, version: string): Server {
  const hello = frame(FRAME.hello, Buffer.from(version));
  const exit = frame(FRAME.exit, Buffer.of(0, 0));
  let folder: string | undefined;
  let ended: () => void = () => undefined;

  const answers: [RegExp, (request: IncomingMessage, response: ServerResponse) => unknown][] = [
    [/^\/images\/.*\/json/, (_request, response) => response.end(JSON.stringify(details(image)))],
    [
      /^\/containers\/create/,
      async (request, response) => {
        folder = socketFolder(await text(request));
        response.writeHead(201).end(JSON.stringify({ Id: 'c' }));
      },
    ],
    [
      /\/start/,
      (_request, response) => {
        if (folder !== undefined) serveClients(join(folder, SOCKET), hello, exit);
        response.writeHead(204).end();
      },
    ],
    [
      /\/wait/,
      (_request, response) => {
        response.writeHead(200).flushHeaders();
        ended = () => response.end(JSON.stringify({ StatusCode: 0 }));
      },
    ],
  ];
  const server = createServer((request, response) => {
    const answer = answers.find(([path]) => path.test(request.url ?? ''))?.[1];
    if (answer === undefined) response.writeHead(404).end('{}');
    else void answer(request, response);
  });
  server.on('upgrade', (_request, connection: Duplex) => {
    connection.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    connection.write(attached(hello));
    connection.once('data', () => {
      connection.end(attached(exit));
      ended();
    });
    connection.on('error', () => undefined);
  });
  return server.listen(socket);
}

function details(image: string): object {
  const config = { Labels: {}, Entrypoint: [], Cmd: [], Env: [], User: '', WorkingDir: '' };
  const facts = { Created: '2000-01-01T00:00:00Z', Size: 0, Architecture: 'any', Os: 'linux' };
  return { Id: ID, RepoTags: [image], ...facts, RootFS: { Layers: [] }, Config: config };
}

/** Where the supervisor of a container that waits opens its socket. */
function socketFolder(body: string): string | undefined {
  const { HostConfig: host } = JSON.parse(body) as {
    HostConfig: { Mounts: { Source: string; Target: string }[] };
  };
  return host.Mounts.find(({ Target }) => Target.endsWith('/socket'))?.Source;
}

function serveClients(path: string, hello: Buffer, exit: Buffer): void {
  const server = createSocketServer((client) => {
    client.write(hello);
    client.once('data', () => client.end(exit));
    client.on('error', () => undefined);
  });
  server.listen(path);
}

function attached(data: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt8(STDOUT, 0);
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}
