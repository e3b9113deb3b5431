import { once } from 'node:events';
import { chownSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type CliOptions, buildenv, startBuildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { openEngine } from '../support/open-engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

const FILE = 'value-of-the-file-4b1d';
const TOKEN = 'value-of-the-token-9e2c';
const SHOW = 'stat -c "%u:%g %a" /run/secrets/*; cat /run/secrets/file; echo "$TOKEN $COPY"';

const environment = (reuse: string) => `    reuse: ${reuse}
    secrets:
      file: { file: secret }
      held: { variable: TOKEN_HERE }
      token: { variable: TOKEN_HERE, as: TOKEN }
      copy: { file: secret, as: COPY }
`;

describeWithEngine('secrets of an environment', () => {
  let engine: { url: string; close: () => void };
  const projects: TestProject[] = [];
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterEach(() => {
    for (const project of projects.splice(0)) project.remove();
  });
  afterAll(() => engine.close());

  function projectWith(reuse: string): TestProject {
    const project = TestProject.withBusybox(environment(reuse));
    project.write('secret', `${FILE}\n`);
    projects.push(project);
    return project;
  }
  const options = ({ root }: TestProject, more: Partial<CliOptions> = {}): CliOptions => ({
    cwd: root,
    ...more,
    env: { TOKEN_HERE: TOKEN, ...more.env },
  });
  const shown = (uid: number) => `${`${uid}:${uid} 400\n`.repeat(2)}${FILE}\n${TOKEN} ${FILE}\n`;

  const asRoot = process.getuid?.() === 0 ? test.each([0, 12345]) : test.skip.each([0]);
  asRoot('are files and variables of uid %d, and nobody else reads them', async (uid) => {
    const project = projectWith('off');
    chownSync(project.path('secret'), uid, uid);
    const args = ['--engine', engine.url, '--quiet', 'run', 'sh', '-c', SHOW];
    const { status, stdout, stderr } = await buildenv(args, options(project, { uid }));
    expect({ status, stderr, stdout: stdout.toString() }).toEqual({
      status: 0,
      stderr: '',
      stdout: shown(uid),
    });
  });

  test.each(['off', 'standby', 'keep'])('are in no record, with reuse: %s', async (reuse) => {
    const project = projectWith(reuse);
    const XDG_RUNTIME_DIR = project.path('.');
    const script = `${SHOW}; read line`;
    for (const round of [1, 2]) {
      const args = ['--verbose', 'run', 'sh', '-c', script];
      const child = startBuildenv(args, options(project, { env: { XDG_RUNTIME_DIR } }));
      const ended = once(child, 'close');
      let output = '';
      let errors = '';
      child.stdout?.on('data', (data: Buffer) => (output += data.toString()));
      child.stderr?.on('data', (data: Buffer) => (errors += data.toString()));
      await waitFor('the secrets', () => output.endsWith(`${TOKEN} ${FILE}\n`));
      // Beside the run: one that waits for the next.
      const waits = reuse === 'standby' ? 2 : 1;
      await waitFor(`${waits} containers`, () => project.containers().length >= waits);
      const records = project
        .containers()
        .map((id) => docker('inspect', id) + docker('diff', id))
        .join('');
      expect(records).toContain('/run/secrets');
      const image = docker('image', 'inspect', /"Image": "(sha256:\w+)"/.exec(records)?.[1] ?? '');
      for (const text of [records, image, errors, commandLines()]) {
        expect(text).not.toContain(FILE);
        expect(text).not.toContain(TOKEN);
      }
      child.stdin?.end('\n');
      expect({ round, ended: (await ended)[0] as number }).toEqual({ round, ended: 0 });
      const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
      expect(output).toContain(`${uid}:${gid} 400\n`);
    }
    await buildenv(['stop'], options(project, { env: { XDG_RUNTIME_DIR } }));
  });

  test('reach a run whose tree is copied', async () => {
    const project = projectWith('off');
    project.write(
      'buildenv.yaml',
      `${readFileSync(project.path('buildenv.yaml'), 'utf8')}    source: sync\n`,
    );
    const args = ['--quiet', 'run', 'sh', '-c', 'cat /run/secrets/held; echo; echo $TOKEN'];
    const { status, stdout } = await buildenv(args, options(project));
    expect({ status, stdout: stdout.toString() }).toEqual({
      status: 0,
      stdout: `${TOKEN}\n${TOKEN}\n`,
    });
  });

  test('are shown by their names in a dry run, and win over other variables', async () => {
    const project = projectWith('off');
    const run = ['--quiet', 'run', '-e', 'TOKEN=other', 'sh', '-c', 'echo $TOKEN'];
    expect((await buildenv(run, options(project))).stdout.toString()).toBe(`${TOKEN}\n`);
    const args = ['run', '--dry-run', '-e', `TOKEN=other-${TOKEN}`, 'true'];
    const { status, stdout } = await buildenv(args, options(project));
    expect(status).toBe(0);
    expect(stdout.toString()).toMatch(/--tmpfs=\/run\/secrets:\S+ .*--env=TOKEN --env=COPY /);
    expect(stdout.toString()).not.toContain(TOKEN);
    expect(stdout.toString()).not.toContain(FILE);
  });

  test.each([
    ['a variable', 'is the variable TOKEN_HERE, which is not set', { TOKEN_HERE: undefined }, `x`],
    ['a file', 'secret, and no file is there', {}, undefined],
    ['room', 'The secret file is larger than 1 MiB', {}, 'x'.repeat((1 << 20) + 1)],
  ])('without %s nothing is started', async (_name, message, env, content) => {
    const project = projectWith('off');
    if (content === undefined) project.write('buildenv.yaml', other(project));
    else writeFileSync(project.path('secret'), content);
    const result = await buildenv(['run', 'touch', 'started'], options(project, { env }));
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(message);
    expect(readdirSync(project.root)).not.toContain('started');
    expect(project.containers()).toEqual([]);
  });

  function other(project: TestProject): string {
    const text = readFileSync(project.path('buildenv.yaml'), 'utf8');
    return text.replaceAll('file: secret', 'file: no/secret');
  }
});

/** Of all processes of this machine that this one sees. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return ''; // It has ended.
      }
    })
    .join('\n');
}
