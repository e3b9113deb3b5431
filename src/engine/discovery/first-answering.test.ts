import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { firstAnswering } from './first-answering';

let folder: string;
let docker: string;
let podman: string;
let own: string;
let sockets: string[];
const servers: Server[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'first-answering-'));
  sockets = [docker, podman, own] = ['docker.sock', 'podman.sock', 'own.sock'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
});
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  rmSync(folder, { recursive: true });
});

async function listenOn(socket: string): Promise<void> {
  const server = createServer((connection) => connection.destroy()).listen(socket);
  servers.push(server);
  await once(server, 'listening');
}

/** A socket file whose listener was killed. */
function leaveStaleSocket(socket: string): void {
  const program = `require('net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', program, socket]);
  expect(existsSync(socket)).toBe(true);
}

test('each socket comes before the ones after it', async () => {
  for (const socket of [own, podman, docker]) {
    await listenOn(socket);
    expect(await firstAnswering(sockets)).toEqual({
      kind: 'unix',
      url: `unix://${socket}`,
      socketPath: socket,
    });
  }
});

test('a stale socket file and a plain file are passed over', async () => {
  leaveStaleSocket(docker);
  writeFileSync(podman, '');
  await listenOn(own);
  expect(await firstAnswering(sockets)).toMatchObject({ socketPath: own });
});

test('where nothing answers, the error says what to start', async () => {
  await expect(firstAnswering(sockets)).rejects.toMatchObject({
    code: 'engine-unreachable',
    message: 'No container engine answers',
    hint: 'Start Docker or Podman, or run `buildenv engine start` for an engine of your own.',
  });
});

test('a stale socket is named where nothing answers', async () => {
  leaveStaleSocket(podman);
  await expect(firstAnswering(sockets)).rejects.toMatchObject({
    code: 'engine-unreachable',
    message: `No container engine answers: ${podman} (ECONNREFUSED)`,
  });
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;
asRoot(
  'who may not use the socket is told about its group (as root: seen by uid 12345)',
  async () => {
    await listenOn(docker);
    chmodSync(folder, 0o755);
    chmodSync(docker, 0o600);
    const bundle = join(folder, 'first-answering.cjs');
    buildSync({
      entryPoints: [join(__dirname, 'first-answering.ts')],
      bundle: true,
      platform: 'node',
      outfile: bundle,
    });
    const program = `
    const { firstAnswering } = require(process.argv[1]);
    process.setgroups([]);
    process.setgid(12345);
    process.setuid(12345);
    firstAnswering(process.argv.slice(2)).catch(({ code, message, hint }) =>
      console.log(JSON.stringify({ code, message, hint })));`;
    const output = execFileSync(process.execPath, ['-e', program, bundle, ...sockets]);
    expect(JSON.parse(output.toString())).toEqual({
      code: 'engine-unreachable',
      message: `No access to ${docker} (EACCES)`,
      hint: 'Add yourself to the group that owns the socket (`docker`), and log in again.',
    });
  },
);
