import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildenv, startBuildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

describeWithEngine('a container that waits', () => {
  let project: TestProject;
  let runtime: string;
  beforeEach(() => {
    runtime = mkdtempSync(join(tmpdir(), 'be-'));
    project = TestProject.withBusybox('    reuse: standby\n    caches: { c: /cache }\n');
  });
  afterEach(async () => {
    await stopAll();
    project.remove();
    rmSync(runtime, { recursive: true });
  });

  const options = () => ({ cwd: project.root, env: { XDG_RUNTIME_DIR: runtime } });
  const run = (...command: readonly string[]) => buildenv(['run', ...command], options());
  const sockets = () => {
    const base = join(runtime, 'buildenv');
    if (!existsSync(base)) return [];
    return readdirSync(base).filter((name) => existsSync(join(base, name, 's')));
  };
  const ready = (count = 1) => waitFor(`${count} sockets`, () => sockets().length === count);
  const ofKind = (kind: string) =>
    docker(
      'ps',
      '--all',
      '--no-trunc',
      '--format={{.ID}}',
      `--filter=label=dev.buildenv.project=${project.name}`,
      `--filter=label=dev.buildenv.kind=${kind}`,
    )
      .split('\n')
      .filter((id) => id !== '');
  /** Ends what waits, and what is still being made. */
  async function stopAll(): Promise<void> {
    await waitFor('no process that makes a container', () => making().length === 0);
    await buildenv(['stop'], options());
  }
  const making = () =>
    readdirSync('/proc').filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(runtime);
      } catch {
        return false; // It has ended.
      }
    });

  test('is left by a run, taken by the next one, and used once', async () => {
    expect((await run('true')).status).toBe(0);
    await ready();
    const [waiting] = ofKind('standby');
    const changed = await run('sh', '-c', 'echo x > /changed; cat /proc/self/cgroup; exit 3');
    expect(changed.status).toBe(3);
    expect(changed.stdout.toString()).toContain(waiting);
    await waitFor('its end', () => !ofKind('standby').includes(waiting ?? ''));
    await ready();
    expect((await run('ls', '/changed')).status).not.toBe(0);
  });

  test('serves one of twenty runs at once, and none shares a container', async () => {
    await run('true');
    await ready();
    const script = 'cat /proc/self/cgroup | head -1; test ! -e /used && touch /used && sleep 1';
    const results = await Promise.all(Array.from({ length: 20 }, () => run('sh', '-c', script)));
    expect(results.map(({ status }) => status)).toEqual(Array(20).fill(0));
    expect(new Set(results.map(({ stdout }) => stdout.toString())).size).toBe(20);
    await ready();
    expect(ofKind('standby')).toHaveLength(1);
  }, 120_000);

  test('made for another configuration is not met', async () => {
    await run('true');
    await ready();
    project.write(
      'buildenv.yaml',
      `version: 1\nproject: ${project.name}\nimages: { tool: { from: "buildenv-test/busybox:1" } }\n` +
        'environments: { default: { image: tool, ulimits: { nofile: 300, nproc: 4096 } } }\n',
    );
    expect((await run('sh', '-c', 'ulimit -n')).stdout.toString()).toBe('300\n');
    await ready(2);
  });

  test('of a tree that was replaced by another is not met', async () => {
    await run('true');
    await ready();
    const kept = `${project.root}.old`;
    renameSync(project.root, kept);
    mkdirSync(project.root, { mode: 0o777 });
    renameSync(join(kept, 'buildenv.yaml'), project.path('buildenv.yaml'));
    project.write('new', 'new\n');
    expect((await run('cat', 'new')).stdout.toString()).toBe('new\n');
    rmSync(kept, { recursive: true });
  });

  test('that was killed is no obstacle', async () => {
    await run('true');
    await ready();
    docker('rm', '--force', ...ofKind('standby'));
    expect((await run('sh', '-c', 'echo hello')).stdout.toString()).toBe('hello\n');
    await ready();
    expect(ofKind('standby')).toHaveLength(1);
  });

  test('ends by itself when nobody comes', async () => {
    project.remove();
    project = TestProject.withBusybox('    reuse: standby\n    idle: 1\n');
    await run('true');
    await ready();
    await waitFor('its end', () => ofKind('standby').length === 0);
    expect(sockets()).toEqual([]);
  });

  test('is shown by ps, and ended by stop', async () => {
    await run('true');
    await ready();
    const { stdout } = await buildenv(['ps'], options());
    expect(stdout.toString()).toMatch(new RegExp(`standby +${project.name} +running`));
    expect((await buildenv(['stop'], options())).stdout.toString()).toMatch(/^stopped buildenv-/);
    expect(ofKind('standby')).toEqual([]);
    const { stdout: removed } = await buildenv(['gc'], options());
    expect(removed.toString()).toContain(`removed socket ${runtime}`);
    expect(readdirSync(join(runtime, 'buildenv'))).toEqual([]);
  });

  test('kept, it is shared by runs at the same time, and nothing of a run stays alive', async () => {
    const keep = ['--reuse', 'keep'];
    await run(...keep, 'sh', '-c', 'echo kept > /kept; sleep 77 & sleep 78 &');
    const [first] = ofKind('kept');
    const slow: ChildProcess = startBuildenv(
      ['run', ...keep, 'sh', '-c', 'echo ready; sleep 1; exit 4'],
      options(),
    );
    const ended = once(slow, 'close');
    await once(slow.stdout ?? slow, 'data');
    const result = await run(...keep, 'sh', '-c', 'cat /kept; ps | grep -c "sleep 7[78]"');
    expect(result.stdout.toString()).toBe('kept\n0\n');
    expect((await ended)[0]).toBe(4);
    expect(ofKind('kept')).toEqual([first]);
  });
});
