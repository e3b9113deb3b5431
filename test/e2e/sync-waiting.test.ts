import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildenv } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker } from '../support/engine';
import { openEngine } from '../support/open-engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

const UID = 12345;
const ENVIRONMENT = '    source: sync\n    reuse: standby\n    outputs: [out]\n';

describeWithEngine('a tree that is copied by containers that wait', () => {
  let project: TestProject;
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'be-'));
    project = TestProject.withBusybox(ENVIRONMENT);
  });
  afterEach(async () => {
    await waitFor('no process that makes a container', () => making().length === 0);
    await buildenv(['stop'], { cwd: project.root, env: env() });
    await waitFor('no container', () => project.containers().length === 0);
    project.remove();
    rmSync(state, { recursive: true });
  });

  const env = () => ({ XDG_RUNTIME_DIR: state, XDG_CACHE_HOME: join(state, 'cache') });
  const run = (script: string) =>
    buildenv(['--quiet', 'run', 'sh', '-c', script], { cwd: project.root, env: env() });
  const printed = async (script: string): Promise<string> => {
    const { status, stdout, stderr } = await run(script);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.toString();
  };
  const sockets = () => {
    const base = join(state, 'buildenv');
    if (!existsSync(base)) return [];
    return readdirSync(base).filter((name) => existsSync(join(base, name, 's')));
  };
  /** One for the next run's command, and the agent. */
  const ready = () => waitFor('2 sockets', () => sockets().length === 2);
  const ofKind = (kind: string) => {
    const filters = [
      `label=dev.buildenv.project=${project.name}`,
      `label=dev.buildenv.kind=${kind}`,
    ];
    const options = filters.map((filter) => `--filter=${filter}`);
    return docker('ps', '--all', '--no-trunc', '--format={{.ID}}', ...options);
  };
  const making = () =>
    readdirSync('/proc').filter((pid) => {
      try {
        return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(state);
      } catch {
        return false; // It has ended.
      }
    });

  test('is up to date in the container that waited, by one agent for all runs', async () => {
    project.write('kept', 'kept');
    project.write('removed', 'removed');
    expect(await printed('cat kept removed')).toBe('keptremoved');
    await ready();
    const [standby, agent] = [ofKind('standby'), ofKind('sync')];
    expect([standby, agent]).toEqual([
      expect.stringMatching(/^\w+$/),
      expect.stringMatching(/^\w+$/),
    ]);
    project.write('edited', 'x'.repeat(3 << 20));
    rmSync(project.path('removed'));
    const output = await printed(
      'cat /proc/self/cgroup; ls; wc -c < edited; mkdir -p out; cat edited > out/copy',
    );
    expect(output).toContain(standby);
    expect(output).toMatch(/\nbuildenv\.yaml\nedited\nkept\n3145728\n$/);
    expect(statSync(project.path('out/copy')).size).toBe(3 << 20);
    await ready();
    expect(ofKind('sync')).toBe(agent);
    expect(ofKind('standby')).not.toContain(standby);
  });

  test('is whole in runs at the same time', async () => {
    await printed('true');
    await ready();
    for (let index = 0; index < 200; index++) project.write(`a/${index}`, 'yy');
    const results = await Promise.all(Array.from({ length: 4 }, () => printed('cat a/* | wc -c')));
    expect(results).toEqual(Array.from({ length: 4 }, () => '400\n'));
  });

  test('is sent anew once its containers were stopped and its volume was removed', async () => {
    project.write('a', 'a');
    await printed('true');
    await ready();
    const { stdout } = await buildenv(['stop'], { cwd: project.root, env: env() });
    expect(stdout.toString().trim().split('\n')).toHaveLength(2);
    await waitFor('no container', () => project.containers().length === 0);
    const filter = `label=dev.buildenv.project=${project.name}`;
    docker('volume', 'rm', docker('volume', 'ls', '--quiet', '--filter', filter));
    expect(await printed('cat a')).toBe('a');
  });

  test('is copied with an image that has an entrypoint', async () => {
    const image = `${project.name}/entry:1`;
    const container = docker('create', BUSYBOX_IMAGE, 'true');
    docker('commit', '--change', 'ENTRYPOINT ["/bin/env", "ENTERED=1"]', container, image);
    docker('rm', container);
    const config = readFileSync(project.path('buildenv.yaml'), 'utf8');
    project.write('buildenv.yaml', config.replace(BUSYBOX_IMAGE, image));
    await printed('true');
    await ready();
    project.write('a', 'new');
    expect(await printed('echo $ENTERED; cat a')).toBe('1\nnew');
  });

  test('of another user is written by an agent that waits for that user', async () => {
    execFileSync('chown', ['-R', `${UID}:${UID}`, project.root, state]);
    await buildenv(['image'], { cwd: project.root, env: env() });
    const { url, close } = await openEngine();
    const theirs = (...command: readonly string[]) =>
      buildenv(['--engine', url, '--quiet', 'run', ...command], {
        cwd: project.root,
        uid: UID,
        env: { HOME: '/home/somebody', USER: 'somebody', ...env() },
      });
    try {
      expect(await theirs('true')).toMatchObject({ status: 0, stderr: '' });
      await ready();
      const agent = ofKind('sync');
      project.write('a', 'new');
      execFileSync('chown', [`${UID}:${UID}`, project.path('a')]);
      const { stdout } = await theirs('sh', '-c', 'stat -c %u a; cat a');
      expect(stdout.toString()).toBe(`${UID}\nnew`);
      expect(ofKind('sync')).toBe(agent);
      await waitFor('no process that makes a container', () => making().length === 0);
    } finally {
      close();
    }
  });
});
