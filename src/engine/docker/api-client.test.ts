import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { BuildenvError } from '../../errors/buildenv-error';
import { parseEndpoint } from '../endpoint';
import { ApiClient } from './api-client';

let folder: string;
let server: Server | undefined;
let url: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'api-client-'));
  url = `unix://${join(folder, 's')}`;
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  server = undefined;
  rmSync(folder, { recursive: true });
});

const client = () => new ApiClient(parseEndpoint(url));
const action = 'do the thing';

async function serve(listener: RequestListener): Promise<ApiClient> {
  server = createServer(listener).listen(join(folder, 's'));
  await once(server, 'listening');
  return client();
}

test('a request carries method, path, a list of values as many parameters, and JSON', async () => {
  const api = await serve((request, response) => {
    void text(request).then((body) => {
      const { method, url: path, headers } = request;
      response.end(JSON.stringify({ method, path, type: headers['content-type'], body }));
    });
  });
  const query = { name: 'a b', t: ['x', 'y'], force: 1 };
  expect(await api.json('POST', '/create', { query, json: { Cmd: ['ä'] }, action })).toEqual({
    method: 'POST',
    path: '/create?name=a+b&t=x&t=y&force=1',
    type: 'application/json',
    body: '{"Cmd":["ä"]}',
  });
});

test('a success is one whatever its body is; a body cut anywhere in UTF-8 is whole', async () => {
  const api = await serve((request, response) => {
    if (request.url === '/empty') return void response.writeHead(204).end();
    if (request.url === '/line') return void response.writeHead(201).end('\r\n');
    const body = Buffer.from('{"text":"grüße"}');
    response.write(body.subarray(0, 12));
    setImmediate(() => response.end(body.subarray(12)));
  });
  await api.act('POST', '/empty', { action });
  await api.act('POST', '/line', { action });
  expect(await api.json('GET', '/text', { action })).toEqual({ text: 'grüße' });
});

test.each([
  [404, '{"message":"no such image: km"}', 'not-found', 'no such image: km'],
  [500, '{"message":"no space left on device"}', 'engine-failed', 'no space left on device'],
  [409, '{"message":"in use"}', 'engine-failed', 'in use'],
  [502, '<html>bad gateway</html>', 'engine-failed', '<html>bad gateway</html>'],
  [500, '{"other":1}', 'engine-failed', '{"other":1}'],
  [500, '', 'engine-failed', 'the engine gave no reason'],
])('status %d with %j is %s', async (status, body, code, message) => {
  const api = await serve((_request, response) => response.writeHead(status).end(body));
  await expect(api.json('GET', '/x', { action })).rejects.toMatchObject({
    code,
    message: `Cannot do the thing: ${message}`,
  });
});

test('an answer that is no JSON is not from an engine', async () => {
  const api = await serve((_request, response) => response.end('<html>It works!</html>'));
  await expect(api.json('GET', '/x', { action })).rejects.toMatchObject({
    code: 'engine-failed',
    message: `Cannot do the thing: what answers at ${url} is no engine`,
  });
});

describe('an engine that is not there', () => {
  test('no socket', async () => {
    await expect(client().json('GET', '/x', { action })).rejects.toMatchObject({
      code: 'engine-unreachable',
      message: expect.stringContaining(`connect ENOENT ${join(folder, 's')}`) as string,
      hint: 'Start it, or run `buildenv engine start`; `buildenv doctor` says more.',
    });
  });

  test('a connection refused', async () => {
    writeFileSync(join(folder, 's'), '');
    await expect(client().upgrade('/x', { action })).rejects.toMatchObject({
      code: 'engine-unreachable',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('an archive that is to be sent is not left open', async () => {
    const archive = new PassThrough();
    await expect(client().json('PUT', '/x', { archive, action })).rejects.toMatchObject({
      code: 'engine-unreachable',
    });
    if (!archive.closed) await once(archive, 'close');
    expect(archive.errored).toBeNull();
  });
});

describe('a connection that is cut', () => {
  test.each([
    ['before an answer', (socket: Socket) => socket.destroy()],
    ['in the head of an answer', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Le')],
    [
      'in the middle of an answer',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"half":'),
    ],
    [
      'in the middle of a chunked answer',
      (socket: Socket) =>
        socket.end('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"half":\r\n'),
    ],
    [
      'in the middle of a refusal',
      (socket: Socket) => socket.end('HTTP/1.1 500 Oh\r\nContent-Length: 100\r\n\r\n{"mess'),
    ],
  ])('%s', async (_name, cut) => {
    const api = await serve((request) => cut(request.socket));
    const unreachable = {
      code: 'engine-unreachable',
      message: expect.stringContaining(`No engine answers at ${url}: `) as string,
    };
    await expect(api.json('GET', '/x', { action })).rejects.toMatchObject(unreachable);
    await expect(api.upgrade('/x', { action })).rejects.toMatchObject({
      code: expect.stringMatching('engine-') as string,
    });
  });

  test('in a streamed answer: the stream fails', async () => {
    const api = await serve((request) =>
      request.socket.end('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf'),
    );
    const answer = await api.stream('GET', '/x', { action });
    await expect(text(answer)).rejects.toThrow('aborted');
  });
});

describe('an archive in a request', () => {
  /** What the server saw of a request's body in the end. */
  const bodies: Promise<string>[] = [];
  beforeEach(() => void bodies.splice(0));

  const takeBody: RequestListener = (request, response) => {
    const body = text(request);
    bodies.push(body.catch((error: unknown) => `broke off: ${(error as Error).message}`));
    body.then(
      () => response.end('{}'),
      () => undefined,
    );
  };

  test('arrives whole, as a tar stream', async () => {
    let type: string | undefined;
    const api = await serve((request, response) => {
      type = request.headers['content-type'];
      takeBody(request, response);
    });
    const archive = Readable.from([Buffer.alloc(100_000, 'a'), Buffer.from('end')]);
    await api.act('PUT', '/x', { archive, action });
    expect(type).toBe('application/x-tar');
    expect(await bodies[0]).toBe(`${'a'.repeat(100_000)}end`);
  });

  test.each([
    ['an error of ours', new BuildenvError('host', 'km.c changed while it was being packed')],
    ['a bug', new TypeError('undefined is not a function')],
  ])('that fails by %s: that error is thrown, the server sees no end', async (_name, error) => {
    const api = await serve(takeBody);
    const archive = new PassThrough();
    archive.write('first part');
    const answer = api.act('PUT', '/x', { archive, action });
    await once(server ?? archive, 'request');
    archive.destroy(error);
    await expect(answer).rejects.toBe(error);
    expect(await bodies[0]).toBe('broke off: aborted');
  });

  test('that closes without an end is no whole archive', async () => {
    const api = await serve(takeBody);
    const archive = new PassThrough();
    archive.write('first part');
    const answer = api.act('PUT', '/x', { archive, action });
    await once(server ?? archive, 'request');
    archive.destroy();
    await expect(answer).rejects.toMatchObject({
      code: 'host',
      message: 'Cannot do the thing: what is sent broke off',
    });
    expect(await bodies[0]).toBe('broke off: aborted');
  });

  test("that is refused before it was read: the engine's words, and the archive is closed", async () => {
    const api = await serve((_request, response) => {
      response.writeHead(500, { Connection: 'close' }).end('{"message":"disk full"}');
    });
    const archive = new PassThrough();
    archive.write('first part');
    await expect(api.act('PUT', '/x', { archive, action })).rejects.toMatchObject({
      code: 'engine-failed',
      message: 'Cannot do the thing: disk full',
    });
    if (!archive.closed) await once(archive, 'close');
    expect(archive.errored).toBeNull();
  });
});

describe('an upgrade', () => {
  test('gives both directions, and what came with the answer', async () => {
    const api = await serve(() => undefined);
    server?.on('upgrade', (request, socket: Socket) => {
      expect(request.headers).toMatchObject({ connection: 'Upgrade', upgrade: 'tcp' });
      socket.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly ');
      socket.on('data', (data) => socket.end(`echo ${data.toString()}`));
    });
    const connection = await api.upgrade('/attach', { query: { stdin: 1 }, action });
    connection.write('hello');
    expect(await text(connection)).toBe('early echo hello');
  });

  test("that is refused throws the engine's words", async () => {
    const api = await serve(() => undefined);
    server?.on('upgrade', (_request, socket: Socket) => {
      const body = '{"message":"no such container"}';
      socket.end(`HTTP/1.1 404 Not Found\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
    });
    await expect(api.upgrade('/attach', { action })).rejects.toMatchObject({
      code: 'not-found',
      message: 'Cannot do the thing: no such container',
    });
  });
});
