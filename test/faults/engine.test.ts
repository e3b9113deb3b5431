import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker, engineUrl } from '../support/engine';
import { SecondEngine } from '../support/second-engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

const BROKEN_OFF = "The connection to the command's container broke off before the command ended";

/** The engine at a socket of its own, whose connections can be cut. */
class CutEngine {
  private readonly sockets = new Set<Socket>();
  private readonly server: Server;

  constructor(path: string) {
    this.server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = connect({ path: engineUrl.replace('unix://', ''), allowHalfOpen: true });
      client.pipe(engine).pipe(client);
      for (const socket of [client, engine]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
      }
    }).listen(path);
  }

  cut(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }
}

describeWithEngine('the connection to the engine', () => {
  let project: TestProject;
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'be-'));
    project = TestProject.withBusybox('    grace: 2\n    network: none\n');
  });
  afterAll(() => {
    project.remove();
    rmSync(folder, { recursive: true });
  });

  const start = (terminal: boolean, url: string, script: string): ChildProcess => {
    const argv = [process.execPath, CLI, 'run', '--reuse', 'off', 'sh', '-c', script];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, DOCKER_HOST: url };
    const line = argv.map((word) => `'${word}'`).join(' ');
    const [program = '', ...words] = terminal ? ['script', '-qefc', line, '/dev/null'] : argv;
    return spawn(program, words, { cwd: project.root, env });
  };
  const processesOf = (id: string) =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8') === `sleep\0${id}\0`;
      } catch {
        return false; // It has ended.
      }
    });

  test.each([
    ['pipes', false],
    ['terminal', true],
  ])('%s, off: the connection cut ends client and command', async (name, terminal) => {
    const id = `81${process.pid}${terminal ? 1 : 0}`;
    const socket = join(folder, `${name}.sock`);
    const engine = new CutEngine(socket);
    const client = start(terminal, `unix://${socket}`, `setsid sleep ${id} & sleep ${id}`);
    let output = '';
    for (const stream of [client.stdout, client.stderr]) {
      stream?.on('data', (data: Buffer) => (output += data.toString()));
    }
    const closed = once(client, 'close');
    await waitFor('the command', () => processesOf(id).length === 2);
    engine.cut();
    expect([(await closed)[0], output]).toEqual([125, expect.stringContaining(BROKEN_OFF)]);
    await waitFor('the end of the command', () => processesOf(id).length === 0);
    await waitFor('the end of the container', () => project.containers().length === 0);
  });

  test('pipes, off: the engine stopped ends the command, and nothing is left when it is back', async () => {
    const id = `82${process.pid}`;
    const engine = new SecondEngine();
    try {
      await engine.start();
      const archive = join(folder, 'busybox.tar');
      docker('save', '--output', archive, BUSYBOX_IMAGE);
      engine.docker('load', '--input', archive);
      const script = `trap "" TERM; setsid sleep ${id} & sleep ${id}`;
      const client = start(false, `unix://${engine.socket}`, script);
      const closed = once(client, 'close');
      await waitFor('the command', () => processesOf(id).length === 2);
      await engine.halt();
      // It ignores TERM, which the engine sends, and is killed after the grace.
      expect((await closed)[0]).toBe(137);
      expect(processesOf(id)).toEqual([]);
      await engine.run();
      expect(engine.docker('ps', '--all', '--quiet')).toBe('');
    } finally {
      await engine.stop();
    }
  }, 120_000);
});
