import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { buildSync } from 'esbuild';
import { pack } from 'tar-stream';
import { LocalEngine } from '../../src/engine/local/local-engine';
import { engineAnswers } from '../../src/engine/local/engine-answers';
import { HostPrograms } from '../../src/engine/local/host-programs';
import { processesWith } from '../../src/engine/local/processes-with';
import { unmountBelow } from '../../src/engine/local/unmount-below';
import { type PrivateEnginePaths, privateEnginePaths } from '../../src/engine/private-engine-paths';
import { NetworkSandbox, OUTSIDE } from './network-sandbox';

const BUSYBOX = '/bin/busybox';
const canRun = process.getuid?.() === 0 && existsSync('/usr/sbin/dockerd');
const suite = canRun || process.env['REQUIRE_ENGINE'] === '1' ? describe : describe.skip;

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Makes the image `busybox`, of that one program. */
async function importBusybox(docker: Docker): Promise<void> {
  const layer = pack();
  layer.entry({ name: 'bin/busybox', mode: 0o755 }, readFileSync(BUSYBOX));
  layer.finalize();
  const source = layer as unknown as NodeJS.ReadableStream;
  const progress = await docker.importImage(source, { repo: 'busybox', tag: 'latest' });
  progress.resume();
  await once(progress, 'end');
}

/** Exit status of a command in a container. */
async function runIn(docker: Docker, network: string, ...command: string[]): Promise<number> {
  const container = await docker.createContainer({
    Image: 'busybox',
    Cmd: ['/bin/busybox', ...command],
    HostConfig: { NetworkMode: network },
  });
  await container.start();
  const { StatusCode } = (await container.wait()) as { StatusCode: number };
  await container.remove();
  return StatusCode;
}

function reachesOutside(docker: Docker, network = 'bridge'): Promise<number> {
  return runIn(docker, network, 'ping', '-c', '1', '-W', '3', OUTSIDE);
}

suite('a private engine', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pe-'));
  const sandbox = new NetworkSandbox(folder.replace(/.*\//, ''));
  const env = { ...process.env, PATH: `${folder}/bin:${process.env['PATH'] ?? ''}` };

  function makePaths(name: string): PrivateEnginePaths {
    return privateEnginePaths({ XDG_STATE_HOME: join(folder, name) }, '/nowhere');
  }

  const paths = makePaths('s');
  const engine = new LocalEngine(env, 0, paths);
  const docker = new Docker({ socketPath: paths.socket });

  beforeAll(() => {
    sandbox.open();
    sandbox.programs(join(folder, 'bin'), ['dockerd', 'ip', 'iptables']);
  });

  afterAll(async () => {
    await engine.stop();
    sandbox.close();
    rmSync(folder, { recursive: true });
  });

  test('says that it does not run', async () => {
    expect(await engine.status()).toEqual({
      running: false,
      url: `unix://${paths.socket}`,
      folder: paths.folder,
      log: paths.log,
    });
    expect(await engine.stop()).toBe(false);
  });

  test('outlives its starter, and has none of its files open', async () => {
    const outfile = join(folder, 'local-engine.cjs');
    const entryPoints = [join(__dirname, '../../src/engine/local/local-engine.ts')];
    buildSync({ entryPoints, outfile, bundle: true, platform: 'node' });
    const script = `new (require(${JSON.stringify(outfile)}).LocalEngine)(process.env, 0, ${JSON.stringify(paths)})
      .start().then(({ pid }) => console.log(pid))`;
    const shell = `exec 9>${folder}/inherited; '${process.execPath}' -e '${script}'`;
    const pid = Number(execFileSync('sh', ['-c', shell], { env, encoding: 'utf8' }));
    expect(await engine.status()).toMatchObject({ running: true, pid });
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    expect(open).toContain(paths.log);
    expect(open).not.toContain(`${folder}/inherited`);
    const [, session] = /\) \S \d+ \d+ (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    expect(Number(session)).toBe(pid);
  });

  test('gives its containers a network, on its bridge and on their own', async () => {
    await importBusybox(docker);
    await docker.createNetwork({ Name: 'own' });
    expect(await reachesOutside(docker)).toBe(0);
    expect(await reachesOutside(docker, 'own')).toBe(0);
  });

  test('ends the containers of an engine that was killed', async () => {
    const { pid } = await engine.status();
    const container = await docker.createContainer({
      Image: 'busybox',
      Cmd: ['/bin/busybox', 'sleep', '1000'],
      StopSignal: 'SIGKILL',
    });
    await container.start();
    const { State } = await container.inspect();
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => !(await engine.status()).running);
    expect(existsSync(`/proc/${State.Pid}`)).toBe(true);
    expect(await engine.stop()).toBe(true);
    expect(existsSync(`/proc/${State.Pid}`)).toBe(false);
  });

  test('leaves nothing but its data when it ends', async () => {
    expect(readdirSync(paths.folder).sort()).toEqual(['daemon.json', 'data', 'log']);
    expect(await processesWith((arg) => arg.startsWith(paths.folder))).toEqual([]);
    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(paths.folder);
    expect(sandbox.snapshot()).not.toMatch(/be-|br-|buildenv|docker/);
  });

  test('is started once, however often it is asked to', async () => {
    const [one, two] = await Promise.all([engine.start(), engine.start()]);
    const three = await engine.start();
    expect([two.pid, three.pid]).toEqual([one.pid, one.pid]);
  });

  test('keeps images and networks from one start to the next', async () => {
    expect(await reachesOutside(docker)).toBe(0);
    expect(await reachesOutside(docker, 'own')).toBe(0);
    expect(await engine.stop()).toBe(true);
  });

  test('is whole again when it is started after it was killed', async () => {
    const { pid } = await engine.start();
    const container = await docker.createContainer({
      Image: 'busybox',
      Cmd: ['/bin/busybox', 'sleep', '1000'],
      StopSignal: 'SIGKILL',
    });
    await container.start();
    process.kill(pid ?? 0, 'SIGKILL');
    await until(async () => !(await engine.status()).running);
    await engine.start();
    expect((await container.inspect()).State.Running).toBe(false);
    expect(await reachesOutside(docker)).toBe(0);
    expect(await reachesOutside(docker, 'own')).toBe(0);
    expect(await engine.stop()).toBe(true);
  });

  test('does not touch a process that has got its number', async () => {
    const other = spawn('sleep', ['1000']);
    const record = { pid: other.pid, startTime: '1', bootId: 'earlier' };
    writeFileSync(paths.pidFile, JSON.stringify(record));
    expect((await engine.status()).running).toBe(false);
    expect(await engine.stop()).toBe(false);
    expect(other.exitCode ?? other.signalCode).toBeNull();
    other.kill();
    await once(other, 'exit');
  });

  test('says why it does not come up, and leaves nothing running', async () => {
    const broken = makePaths('b');
    mkdirSync(broken.folder, { recursive: true });
    writeFileSync(broken.data, '');
    const start = new LocalEngine(env, 0, broken).start();
    await expect(start).rejects.toThrow(/dockerd ended with status 1[^]*points to a file/);
    expect(await processesWith((arg) => arg.startsWith(broken.folder))).toEqual([]);
    expect(sandbox.snapshot()).not.toContain('be-');
  });

  test('refuses a folder whose socket would have too long a name', async () => {
    const start = new LocalEngine(env, 0, makePaths('x'.repeat(80))).start();
    await expect(start).rejects.toThrow(/bytes too long for sockets/);
  });

  test('names what is missing', async () => {
    const start = new LocalEngine({ PATH: '' }, 1000, makePaths('m')).start();
    await expect(start).rejects.toThrow('podman is not installed, and dockerd needs root');
  });

  describe('beside an engine that manages the packet filter', () => {
    const first = new Docker({ socketPath: join(folder, 'first.sock') });
    let daemon: ChildProcess;

    beforeAll(async () => {
      const args = Object.entries({
        'data-root': join(folder, 'first/data'),
        'exec-root': join(folder, 'first/exec'),
        'containerd-namespace': sandbox.name,
        'containerd-plugins-namespace': `${sandbox.name}-plugins`,
        pidfile: join(folder, 'first.pid'),
        host: `unix://${folder}/first.sock`,
      }).map(([name, value]) => `--${name}=${value}`);
      daemon = spawn(join(folder, 'bin/dockerd'), args, { stdio: 'ignore' });
      await until(() => engineAnswers(join(folder, 'first.sock')));
      await importBusybox(first);
    });

    afterAll(async () => {
      daemon.kill();
      await once(daemon, 'exit');
      await unmountBelow(new HostPrograms(env), [join(folder, 'first')]);
    });

    test('leaves its bridge, rules and containers as they are', async () => {
      const web = await first.createContainer({
        Image: 'busybox',
        Cmd: ['/bin/busybox', 'sleep', '1000'],
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } },
      });
      await web.start();
      const before = sandbox.snapshot();
      expect(before).toContain('--dport 8080');

      await engine.start();
      await importBusybox(docker);
      expect(await reachesOutside(docker)).toBe(0);
      expect(await reachesOutside(first)).toBe(0);
      for (const line of before.split('\n')) expect(sandbox.snapshot()).toContain(line);

      await engine.stop();
      expect(await reachesOutside(first)).toBe(0);
      expect(sandbox.snapshot()).toBe(before);
      await web.remove({ force: true });
    });

    test('keeps its network when that engine is started after it', async () => {
      await engine.start();
      daemon.kill();
      await once(daemon, 'exit');
      daemon = spawn(join(folder, 'bin/dockerd'), daemon.spawnargs.slice(1), { stdio: 'ignore' });
      await until(() => engineAnswers(join(folder, 'first.sock')));
      expect(await reachesOutside(docker)).toBe(0);
      expect(await reachesOutside(first)).toBe(0);
      await engine.stop();
    });
  });
});
