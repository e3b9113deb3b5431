import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildenv, startBuildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { openEngine } from '../support/open-engine';
import { TestProject } from '../support/test-project';

const UID = 12345;

describeWithEngine('buildenv run', () => {
  let project: TestProject;
  beforeAll(async () => {
    project = TestProject.withBusybox(`    caches: { tools: ~/.cache/tools }
    ulimits: { nofile: "512:1024", nproc: 4096 }
    capabilities: [SYS_PTRACE]
    env:
      pass: [PASSED, NOT_SET]
      set: { FIXED: one two, TOOLS: ~/.cache/tools }
`);
    await buildenv(['image'], { cwd: project.root });
  });
  afterAll(() => project.remove());
  afterEach(() => expect(project.containers()).toEqual([]));

  const run = (...command: readonly string[]) =>
    buildenv(['run', ...command], { cwd: project.root });

  test.each([0, 1, 37, 125, 255])('passes the exit status %i through', async (status) => {
    const result = await run('sh', '-c', `exit ${status}`);
    expect(result).toMatchObject({ status, stderr: '' });
  });

  test.each([
    ['KILL', 137],
    ['TERM', 143],
    ['SEGV', 139],
  ])('a command that dies of SIG%s gives %i', async (signal, status) => {
    expect((await run('sh', '-c', `kill -${signal} $$`)).status).toBe(status);
  });

  test('a command that is not there gives 127, one that cannot be executed 126', async () => {
    expect((await run('no-such-command')).status).toBe(127);
    expect((await run(project.path('buildenv.yaml'))).status).toBe(126);
  });

  test('passes 50 MB of random bytes through', async () => {
    const input = randomBytes(50_000_000);
    const { status, stdout } = await buildenv(['run', 'cat'], { cwd: project.root, input });
    expect(status).toBe(0);
    const digest = (data: Buffer) => createHash('sha256').update(data).digest('hex');
    expect(digest(stdout)).toBe(digest(input));
  });

  test('keeps standard output and error apart', async () => {
    const result = await run('sh', '-c', 'echo out; echo err >&2');
    expect(result.stdout.toString()).toBe('out\n');
    expect(result.stderr).toBe('err\n');
  });

  test('a command that leaves its input unread still has all of its output', async () => {
    const input = Buffer.alloc(20_000_000);
    const result = await buildenv(['run', 'sh', '-c', 'head -c 3 | wc -c; echo end'], {
      cwd: project.root,
      input,
    });
    expect(result.stdout.toString()).toBe('3\nend\n');
    expect(result.status).toBe(0);
  });

  test('keeps the working directory, sub-folders included', async () => {
    const folder = project.path('a/b c');
    mkdirSync(folder, { recursive: true });
    const { stdout } = await buildenv(['run', 'pwd'], { cwd: folder });
    expect(stdout.toString()).toBe(`${folder}\n`);
    const other = await buildenv(['-C', folder, 'run', 'pwd'], { cwd: '/' });
    expect(other.stdout.toString()).toBe(`${folder}\n`);
  });

  test('options after the command belong to the command', async () => {
    const { stdout } = await run('printf', '%s|', '--help', '-e', 'A=1', '--', '--json', '007');
    expect(stdout.toString()).toBe('--help|-e|A=1|--|--json|007|');
  });

  test('sets, passes and overrides variables', async () => {
    const { stdout } = await buildenv(
      ['run', '-e', 'NEW=1', '-e', 'MINE', '-e', 'FIXED=x', 'env'],
      {
        cwd: project.root,
        env: { PASSED: 'yes', MINE: 'too', SECRET: 'no', NOT_SET: undefined },
      },
    );
    const lines = stdout.toString().split('\n');
    for (const line of ['PASSED=yes', 'MINE=too', 'NEW=1', 'FIXED=x', 'TOOLS=/root/.cache/tools']) {
      expect(lines).toContain(line);
    }
    expect(stdout.toString()).not.toMatch(/SECRET|NOT_SET/);
  });

  test('applies ulimits and capabilities', async () => {
    const { stdout } = await run(
      'sh',
      '-c',
      'ulimit -n; ulimit -Hn; grep CapBnd /proc/self/status',
    );
    const [soft, hard, bounding] = stdout.toString().split('\n');
    expect([soft, hard]).toEqual(['512', '1024']);
    const SYS_PTRACE = 1n << 19n;
    expect(BigInt(`0x${bounding?.split('\t')[1] ?? '0'}`) & SYS_PTRACE).toBe(SYS_PTRACE);
  });

  test('what another user makes belongs to that user, who has a name, a home and caches', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'buildenv-cache-'));
    chmodSync(cache, 0o777);
    const { url, close } = await openEngine();
    const as = (command: string) =>
      buildenv(['--engine', url, 'run', 'sh', '-c', command], {
        cwd: project.root,
        uid: UID,
        env: { HOME: '/home/somebody', USER: 'somebody', XDG_CACHE_HOME: cache },
      });
    try {
      const first = await as(
        'touch made ~/x ~/.cache/tools/kept && mkdir ~/.cache/other && whoami && echo $HOME',
      );
      expect(first).toMatchObject({ stderr: '', status: 0 });
      expect(first.stdout.toString()).toBe('somebody\n/home/somebody\n');
      expect(statSync(project.path('made')).uid).toBe(UID);
      expect((await as('ls ~/.cache/tools')).stdout.toString()).toBe('kept\n');
    } finally {
      close();
      rmSync(cache, { recursive: true });
    }
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
  ] as const)('%s reaches the command, which ends with %i', async (signal, status) => {
    const child = startBuildenv(['run', 'cat'], { cwd: project.root });
    child.stdin?.write('ready\n');
    await once(child.stdout ?? child, 'data');
    child.kill(signal);
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(status);
  });

  test('a command that handles a signal decides on its status', async () => {
    const script = 'trap "exit 5" TERM; echo ready; while :; do sleep 0.1; done';
    const child = startBuildenv(['run', 'sh', '-c', script], { cwd: project.root });
    await once(child.stdout ?? child, 'data');
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(5);
  });

  test('ends when nobody reads its output any more, as a local command does', async () => {
    const child = startBuildenv(['run', 'yes'], { cwd: project.root });
    await once(child.stdout ?? child, 'data');
    child.stdout?.destroy();
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(141);
  });

  test('--dry-run prints a docker command that does the same', async () => {
    const { stdout } = await run('--dry-run', 'sh', '-c', 'pwd; echo "$FIXED"');
    expect(project.containers()).toEqual([]);
    const words = stdout.toString().trim();
    expect(words).toMatch(/^docker run --rm /);
    const result = docker(...splitWords(words).slice(1));
    expect(result).toBe(`${project.root}\none two`);
  });

  test('a required device that is missing is an error before anything starts', async () => {
    const other = TestProject.withBusybox('    devices: [/dev/no-such-device]\n');
    try {
      const { status, stderr } = await buildenv(['run', 'true'], { cwd: other.root });
      expect(status).toBe(125);
      expect(stderr).toContain('/dev/no-such-device');
      expect(other.images()).toEqual([]);
    } finally {
      other.remove();
    }
  });

  test('a variable names the tag of the image', async () => {
    const { status } = await buildenv(['run', 'true'], {
      cwd: project.root,
      env: { BUILDENV_IMAGE_VERSION: 'v9' },
    });
    expect(status).toBe(0);
    expect(project.images()).toContain(`${project.name}/tool:v9`);
  });
});

/** Words of a line that only plain quoting is in. */
function splitWords(line: string): string[] {
  return [...line.matchAll(/(?:[^\s']|'[^']*')+/g)].map(([word]) => word.replaceAll("'", ''));
}
