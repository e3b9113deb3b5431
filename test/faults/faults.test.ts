import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildenv, CLI } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

const KINDS = ['off', 'standby', 'keep'] as const;
const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129, SIGQUIT: 131 } as const;

/** Clients that are killed at random moments; more by the variable. */
const KILLS = Number(process.env['CLIENT_KILLS'] ?? 20);

describeWithEngine('signals and deaths', () => {
  let project: TestProject;
  let runtime: string;
  let number = 0;
  beforeAll(async () => {
    runtime = mkdtempSync(join(tmpdir(), 'be-'));
    project = TestProject.withBusybox('    reuse: standby\n    grace: 2\n');
    await buildenv(['image'], options());
  });
  afterAll(async () => {
    await waitFor('no process that makes a container', () => processesWith(runtime) === 0);
    await buildenv(['stop'], options());
    project.remove();
    rmSync(runtime, { recursive: true });
  });

  const options = () => ({ cwd: project.root, env: { XDG_RUNTIME_DIR: runtime } });

  /** A word that is in the command lines of one run's processes, and in no other's. */
  const mark = () => `7${String(process.pid).padStart(7, '0')}${String(++number).padStart(3, '0')}`;

  /** Processes of this machine with a text in their command lines, the test's own tools aside. */
  function processesWith(text: string, tool = true): number {
    return readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false;
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
        return words.includes(text) && (tool || !/buildenv\.cjs|script|supervisor/.test(words));
      } catch {
        return false; // It has ended.
      }
    }).length;
  }
  const gone = (id: string) => waitFor(`the end of ${id}`, () => processesWith(id, false) === 0);

  function sockets(): string[] {
    const base = join(runtime, 'buildenv');
    if (!existsSync(base)) return [];
    return readdirSync(base).filter((name) => existsSync(join(base, name, 's')));
  }

  /** Starts a run of a shell script, as a program or at a terminal, and waits for its first word. */
  async function start(terminal: boolean, reuse: string, script: string) {
    if (reuse === 'standby' && sockets().length === 0) {
      await buildenv(['run', 'true'], options());
      await waitFor('a container that waits', () => sockets().length > 0);
    }
    const argv = [CLI, 'run', '--reuse', reuse, 'sh', '-c', script];
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, XDG_RUNTIME_DIR: runtime };
    const child = terminal
      ? spawn('script', ['-qefc', [process.execPath, ...argv].map(quote).join(' '), '/dev/null'], {
          cwd: project.root,
          env,
        })
      : spawn(process.execPath, argv, { cwd: project.root, env });
    const closed = once(child, 'close').then(([status]) => status as number);
    let screen = '';
    const ready = new Promise<void>((resolve) => {
      child.stdout.on('data', (data: Buffer) => {
        screen += data.toString();
        if (screen.includes('ready')) resolve();
      });
    });
    await Promise.race([ready, closed]);
    const id = terminal ? await clientOf(script) : (child.pid ?? 0);
    return { closed, kill: (signal: NodeJS.Signals) => process.kill(id, signal) };
  }

  /** The tool that script(1) has started. */
  async function clientOf(script: string): Promise<number> {
    let found: string | undefined;
    await waitFor('the tool', () => {
      found = readdirSync('/proc').find((pid) => {
        try {
          const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
          return words[1] === CLI && words.includes(script);
        } catch {
          return false;
        }
      });
      return found !== undefined;
    });
    return Number(found);
  }

  const cells = [false, true].flatMap((terminal) =>
    KINDS.flatMap((reuse) =>
      (Object.keys(SIGNALS) as (keyof typeof SIGNALS)[]).map(
        (signal) => [terminal ? 'terminal' : 'pipes', reuse, signal] as const,
      ),
    ),
  );

  test.each(cells)('%s, %s: %s ends the command, and all it has started', async (...cell) => {
    const [streams, reuse, signal] = cell;
    const id = mark();
    const script = `sleep ${id} & echo ready; exec sleep ${id}`;
    const run = await start(streams === 'terminal', reuse, script);
    // The shell ignores QUIT until it has become the other program.
    await waitFor('two that sleep', () => processesWith(`sleep\0${id}\0`) === 2);
    run.kill(signal);
    expect(await run.closed).toBe(SIGNALS[signal]);
    await gone(id);
  });

  test.each(KINDS)('%s: a command that ignores TERM is killed after the grace', async (reuse) => {
    const id = mark();
    const run = await start(
      false,
      reuse,
      `trap "" TERM; echo ready; while :; do sleep ${id}; done`,
    );
    const begin = Date.now();
    run.kill('SIGTERM');
    expect(await run.closed).toBe(137);
    expect(Date.now() - begin).toBeGreaterThan(1_900);
    await gone(id);
  });

  test.each(KINDS)('%s: the client killed by -9 takes a command along', async (reuse) => {
    const id = mark();
    const run = await start(
      false,
      reuse,
      `trap "" TERM; echo ready; setsid sleep ${id} & sleep ${id}`,
    );
    run.kill('SIGKILL');
    await run.closed;
    await gone(id);
  });

  test.each(KINDS)('%s: what a command leaves in the background ends with it', async (reuse) => {
    const id = mark();
    const run = await start(false, reuse, `setsid sleep ${id} & sleep ${id} & echo ready; exit 6`);
    expect(await run.closed).toBe(6);
    await gone(id);
  });

  test(`of ${KILLS} clients killed at random moments nothing is left`, async () => {
    const id = mark();
    for (let round = 0; round < KILLS; round++) {
      const argv = [CLI, 'run', 'sh', '-c', `sleep ${id}`];
      const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined, XDG_RUNTIME_DIR: runtime };
      const child = spawn(process.execPath, argv, { cwd: project.root, env, stdio: 'ignore' });
      const closed = once(child, 'close');
      await delay(Math.random() * 600);
      child.kill('SIGKILL');
      await closed;
    }
    await gone(id);
    const running = () =>
      docker(
        'ps',
        '--quiet',
        `--filter=label=dev.buildenv.project=${project.name}`,
        '--filter=label=dev.buildenv.kind=run',
      );
    await waitFor('no container that runs', () => running() === '');
  }, 300_000);
});

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
