import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { buildenv, startBuildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';

const DISTROS = `distros:
  tool:
    files: [{ from: /bin/busybox, to: /bin/busybox }]
    config:
      entrypoint: [/bin/busybox]
      cmd: [echo, by itself]
      env: { COLOUR: blue }
      workingDir: /bin
  user:
    base: tool
    files: [{ from: note, to: /note }]
    config: { user: '1234:77' }
  named:
    base: tool
    files: [{ from: note, to: /note }]
    config: { user: somebody }
`;

describeWithEngine('buildenv distro run', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(DISTROS, { note: 'x' });
  });
  afterEach(() => project.remove());

  const run = (...words: readonly string[]) =>
    buildenv(['distro', 'run', ...words], { cwd: project.root });
  const printed = async (...words: readonly string[]) => {
    const { status, stdout, stderr } = await run(...words);
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.toString();
  };
  test('assembles it, starts what it starts by itself, and leaves no container', async () => {
    expect(await printed('tool')).toBe('by itself\n');
    expect(project.containers()).toEqual([]);
  });

  test('arguments, variables, folder, streams and status are as docker run has them', async () => {
    const script = 'pwd; echo $COLOUR; busybox cat; busybox ls -A / /etc; echo no >&2; exit 3';
    const args = ['distro', 'run', 'tool', 'sh', '-c', script];
    const { status, stdout, stderr } = await buildenv(args, {
      cwd: project.root,
      input: 'input\n',
    });
    expect(status).toBe(3);
    expect(stderr).toMatch(/^no$/m);
    const lines = stdout.toString().split('\n');
    expect(lines.slice(0, 3)).toEqual(['/bin', 'blue', 'input']);
    expect(lines).not.toContain('root');
    expect(lines).not.toContain('passwd');
  });

  test('its user is the one of its configuration, who gets no account', async () => {
    const script = 'busybox id -u; busybox id -g; echo $HOME; test -e /etc/passwd || echo none';
    expect(await printed('user', 'sh', '-c', script)).toBe('1234\n77\n/\nnone\n');
    const { status, stderr } = await run('named');
    expect(status).toBe(125);
    expect(stderr).toContain("runs as 'somebody', a user known by name");
  });

  test('a signal reaches its program', async () => {
    const script = 'trap "echo told; exit 9" TERM; echo ready; while :; do busybox sleep 0.1; done';
    const child = startBuildenv(['distro', 'run', 'tool', 'sh', '-c', script], {
      cwd: project.root,
    });
    child.stdout?.once('data', () => child.kill('SIGTERM'));
    const ended = once(child, 'close') as Promise<[number | null]>;
    const stdout = child.stdout === null ? '' : await text(child.stdout);
    const [status] = await ended;
    expect([status, stdout]).toEqual([9, 'ready\ntold\n']);
    expect(project.containers()).toEqual([]);
  });

  test('without a distro, or with one that is not there, the status is 2', async () => {
    expect((await run()).status).toBe(2);
    const { status, stderr } = await run('other');
    expect(status).toBe(2);
    expect(stderr).toContain("There is no distro 'other'");
  });

  test('--dry-run prints the docker command, with the devices and limits of the environment', async () => {
    await run('tool');
    const { stdout } = await run('--dry-run', '--json', 'tool', 'true');
    const { argv } = JSON.parse(stdout.toString()) as { argv: string[] };
    expect(argv.slice(-1)).toEqual(['true']);
    expect(docker(...argv.slice(1, -1).filter((word) => word !== '-i'), 'pwd')).toBe('/bin');
  });
});
