import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildenv } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker } from '../support/engine';
import { SecondEngine } from '../support/second-engine';

const CONFIG = `version: 1
project: remote
images: { tool: { from: "${BUSYBOX_IMAGE}" } }
environments:
  default: { image: tool, outputs: { paths: [out], onFailure: true }, caches: { kept: /cache }, devices: [{ path: /dev/kvm, required: false }], secrets: { held: { file: source } } }
`;

describeWithEngine('an engine that is not on this machine', () => {
  let engine: SecondEngine;
  let root: string;
  beforeAll(async () => {
    engine = new SecondEngine();
    await engine.start();
    const archive = join(engine.folder, 'image.tar');
    docker('save', '--output', archive, BUSYBOX_IMAGE);
    engine.docker('load', '--input', archive);
    root = join(engine.hidden, 'tree');
    mkdirSync(join(root, 'a/b'), { recursive: true });
    writeFileSync(join(root, 'buildenv.yaml'), CONFIG);
    writeFileSync(join(root, 'source'), 'one');
    chmodSync(root, 0o755);
  });
  afterAll(() => engine.stop());
  afterEach(() => expect(engine.docker('ps', '--all', '--quiet')).toBe(''));

  async function expectRuns(url: string, env: Record<string, string> = {}): Promise<void> {
    const run = (script: string, cwd = root) =>
      buildenv(['--engine', url, '--quiet', 'run', 'sh', '-c', script], { cwd, env });
    writeFileSync(join(root, 'source'), 'one');
    const first = await run('cat source; pwd; mkdir -p out; echo 1 > out/made; exit 7');
    expect(first).toMatchObject({ status: 7, stderr: '' });
    expect(first.stdout.toString()).toBe(`one${root}\n`);
    writeFileSync(join(root, 'source'), 'two');
    const secret = await run('cat /run/secrets/held');
    expect(secret.stdout.toString()).toBe('two');
    const second = await run('cat ../../source ../../out/made; pwd', join(root, 'a/b'));
    expect(second).toMatchObject({ status: 0, stderr: '' });
    expect(second.stdout.toString()).toBe(`two1\n${root}/a/b\n`);
    expect(readFileSync(join(root, 'out/made'), 'utf8')).toBe('1\n');
  }

  test('is reached by TCP, and gets a copy of the tree', async () => {
    await expectRuns(engine.url);
  });

  test('that cannot be reached by ssh is said in the words of ssh', async () => {
    const { status, stderr } = await buildenv(
      ['--engine', 'ssh://nobody@127.0.0.1:1', 'run', 'true'],
      { cwd: root },
    );
    expect(status).toBe(125);
    expect(stderr).toMatch(/No engine answers at ssh:\/\/nobody@127.0.0.1:1: .*refused/);
  });

  test('is reached by ssh', async () => {
    const server = new SshServer(join(engine.folder, 'ssh'), engine.socket);
    await server.start();
    try {
      await expectRuns(`ssh://127.0.0.1:${server.port}`, { PATH: server.path });
    } finally {
      await server.stop();
    }
  });
});

/** Debian's sshd on loopback, with keys of its own, and an `ssh` that knows them. */
class SshServer {
  port = 0;
  private server: ChildProcess | undefined;
  private readonly folder: string;
  private readonly socket: string;

  constructor(folder: string, socket: string) {
    this.folder = folder;
    this.socket = socket;
  }

  get path(): string {
    return `${this.folder}:${process.env['PATH'] ?? ''}`;
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { mode: 0o700 });
    mkdirSync('/run/sshd', { recursive: true });
    this.port = await freePort();
    const file = (name: string) => join(this.folder, name);
    for (const name of ['host-key', 'key']) {
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
    }
    const config = `Port ${this.port}
ListenAddress 127.0.0.1
HostKey ${file('host-key')}
AuthorizedKeysFile ${file('key.pub')}
PidFile none
StrictModes no
UsePAM no
PermitRootLogin yes
SetEnv DOCKER_HOST=unix://${this.socket} PATH=${process.env['PATH'] ?? ''}
`;
    writeFileSync(file('sshd_config'), config);
    const options = `-F none -i ${file('key')} -o StrictHostKeyChecking=no -o UserKnownHostsFile=${file('known')} -o LogLevel=ERROR`;
    writeFileSync(file('ssh'), `#!/bin/sh\nexec /usr/bin/ssh ${options} "$@"\n`, { mode: 0o755 });
    this.server = spawn('/usr/sbin/sshd', ['-D', '-f', file('sshd_config')], { stdio: 'ignore' });
    while (!(await listens(this.port))) {
      if (this.server.exitCode !== null) throw new Error('sshd does not start');
      await delay(50);
    }
  }

  async stop(): Promise<void> {
    const { server } = this;
    if (server?.exitCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill();
    await ended;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
