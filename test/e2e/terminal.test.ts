import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { buildenv, CLI } from '../support/cli';
import { describeWithEngine } from '../support/engine';
import { TestProject } from '../support/test-project';

const CTRL_C = '\x03';

describeWithEngine('buildenv run at a terminal', () => {
  let project: TestProject;
  beforeAll(async () => {
    project = TestProject.withBusybox();
    await buildenv(['image'], { cwd: project.root });
  });
  afterAll(() => project.remove());
  afterEach(() => expect(project.containers()).toEqual([]));

  /** Runs a shell command in a pseudo-terminal: script(1) makes one. */
  async function atTerminal(command: string, type: (screen: string) => string | undefined) {
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      cwd: project.root,
      env: { ...process.env, NODE_EXTRA_CA_CERTS: undefined, TERM: 'xterm-test' },
    });
    let screen = '';
    let typed = false;
    child.stdout.on('data', (data: Buffer) => {
      screen += data.toString();
      const keys = typed ? undefined : type(screen);
      if (keys === undefined) return;
      typed = true;
      child.stdin.write(keys);
    });
    const [status] = (await once(child, 'close')) as [number];
    return { status, screen };
  }

  const tool = `${process.execPath} ${CLI}`;

  test('Ctrl-C ends the run with 130', async () => {
    const { status } = await atTerminal(`${tool} run yes ready`, (screen) =>
      screen.includes('ready') ? CTRL_C : undefined,
    );
    expect(status).toBe(130);
  });

  test('the command has a terminal of the same size and kind', async () => {
    const { screen, status } = await atTerminal(
      `stty rows 33 cols 77; ${tool} run sh -c 'sleep 1; tty && stty size && echo $TERM'`,
      () => undefined,
    );
    expect(status).toBe(0);
    expect(screen).toMatch(/\/dev\/pts\/\d+\r\n33 77\r\nxterm-test\r\n/);
  });

  test('the terminal is as it was afterwards', async () => {
    const { screen } = await atTerminal(
      `stty -a > before; ${tool} run true; stty -a > after; cmp before after && echo same`,
      () => undefined,
    );
    expect(screen).toContain('same');
  });

  test('a shell takes what is typed, and its status is passed through', async () => {
    const { screen, status } = await atTerminal(`${tool} shell`, (text) =>
      text.includes('#') ? 'echo $((6*7)); exit 9\n' : undefined,
    );
    expect(screen).toContain('42');
    expect(status).toBe(9);
  });

  test('piped output is not a terminal, and has no carriage returns', async () => {
    const { screen } = await atTerminal(
      `${tool} run sh -c 'test -t 1 && echo yes || echo no' | od -c`,
      () => undefined,
    );
    expect(screen).toContain('n   o  \\n');
  });
});
