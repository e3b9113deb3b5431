import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildenv } from '../support/cli';
import { CiAgent, type StepResult } from '../support/ci-agent';
import { BUSYBOX_IMAGE, describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';

const SECTIONS = `images:
  base: { from: '${BUSYBOX_IMAGE}' }
  tool: { dockerfile: Dockerfile, needs: [base] }
environments:
  default: { image: tool, reuse: off }
distros:
  hello:
    files: [{ from: built/hello, to: /bin/hello }, { from: /bin/busybox, to: /bin/sh }]
    config: { entrypoint: [/bin/sh, /bin/hello] }
ci:
  run: [mkdir built, "sh -c 'cat start end > built/hello'"]
`;
const FILES = {
  Dockerfile: 'ARG BASE\nFROM ${BASE}\nENV A=b\n',
  start: 'echo hello\n',
  end: 'echo bye\n',
  '.gitignore': 'built\n',
};
const COMMANDS = [
  'buildenv image',
  'buildenv run mkdir built',
  "buildenv run sh -c 'cat start end > built/hello'",
  'buildenv distro',
];

let project: TestProject;
beforeEach(() => {
  project = new TestProject(SECTIONS, FILES);
});
afterEach(() => project.remove());

const ci = (...args: readonly string[]) => buildenv(['ci', ...args], { cwd: project.root });

function commit(): void {
  const git = (...args: readonly string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
      cwd: project.root,
      stdio: 'ignore',
    });
  git('init', '--initial-branch', 'main');
  git('add', '.');
  git('commit', '--message', 'First');
}

const failures = (steps: readonly StepResult[]) =>
  steps.filter(({ status }) => status !== 0).map(({ stderr }) => stderr);

describeWithEngine('a pipeline as a file', () => {
  describe.each([
    ['azure', 'azure-pipelines.yml'],
    ['github', '.github/workflows/buildenv.yml'],
  ])('buildenv ci %s', (system, file) => {
    test('writes the pipeline, once, and says afterwards that nothing differs', async () => {
      expect((await ci(system, '--check')).stdout.toString()).toContain(`${file} is not there`);
      const { status, stdout } = await ci(system);
      expect([status, stdout.toString()]).toEqual([0, `wrote ${file}\n`]);
      const checked = await ci(system, '--check');
      expect([checked.status, checked.stdout.toString()]).toEqual([
        0,
        `${file} is as buildenv writes it\n`,
      ]);
      expect((await ci(system)).status).toBe(0);
    });

    test('--check says which lines differ; what was changed is written over by force alone', async () => {
      await ci(system);
      const text = readFileSync(project.path(file), 'utf8');
      project.write(file, text.replace('buildenv run mkdir built', 'make'));
      const { status, stdout } = await ci(system, '--check');
      expect(status).toBe(1);
      expect(stdout.toString()).toMatch(
        /differs; .*\n +\d+ \+ .*: make\n +\d+ - .*: buildenv run mkdir built\n$/,
      );
      const refused = await ci(system);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toMatch(/differs\n {2}→ .*--check.*--force/);
      expect((await ci(system, '--force')).status).toBe(0);
      expect(readFileSync(project.path(file), 'utf8')).toBe(text);
    });

    test('--dry-run prints what would be written', async () => {
      const { stdout } = await ci(system, '--dry-run');
      expect(existsSync(project.path(file))).toBe(false);
      await ci(system);
      expect(stdout.toString()).toBe(readFileSync(project.path(file), 'utf8'));
    });

    test('knows the usual commands of a tree, and says where it does not', async () => {
      const sections = SECTIONS.replace(/^ci:\n.*\n/m, '');
      project.write('buildenv.yaml', `version: 1\nproject: ${project.name}\n${sections}`);
      const { status, stderr } = await ci(system);
      expect(status).toBe(2);
      expect(stderr).toMatch(/shows how it is built\n {2}→ .*ci: \{run: /);
      project.write('Makefile', '');
      await ci(system);
      expect(readFileSync(project.path(file), 'utf8')).toMatch(
        /: buildenv run make\n[^]*: buildenv run make test\n/,
      );
    });
  });

  test.each(['azure', 'github'])(
    "this repository's own pipeline is as ci %s writes it",
    async (system) => {
      const cwd = resolve(__dirname, '../..');
      const { status, stdout } = await buildenv(['ci', system, '--check'], { cwd });
      expect([status, stdout.toString()]).toEqual([
        0,
        expect.stringContaining('is as buildenv writes'),
      ]);
    },
  );
});

describeWithEngine('the pipelines that are written, run step by step in a clean clone', () => {
  let agent: CiAgent;
  beforeEach(async () => {
    await ci('azure');
    await ci('github');
    commit();
    agent = new CiAgent(project.root);
  });
  afterEach(() => agent.remove());

  test('Azure Pipelines', async () => {
    const steps = await agent.azure({ kind: 'push', branch: 'main' });
    expect(failures(steps)).toEqual([]);
    expect(steps.map(({ command }) => command)).toEqual(COMMANDS);
    const reference = `${project.name}/hello:main`;
    expect(steps.at(-1)?.stderr).toContain(
      `##vso[task.setvariable variable=image_hello;isOutput=true]${reference}\n`,
    );
    expect(docker('run', '--rm', '--network=none', reference)).toBe('hello\nbye');
  });

  test('GitHub Actions, for a pull request', async () => {
    const steps = await agent.github({ kind: 'pull-request', branch: 'main' });
    expect(failures(steps)).toEqual([]);
    expect(steps.map(({ command }) => command)).toEqual(COMMANDS);
    const reference = `${project.name}/hello:main`;
    expect(agent.githubOutputs()).toBe(`image_hello=${reference}\n`);
    expect(docker('run', '--rm', '--network=none', reference)).toBe('hello\nbye');
  });

  test('a step that fails ends the job, with an issue', async () => {
    project.write(
      'buildenv.yaml',
      readFileSync(project.path('buildenv.yaml'), 'utf8').replace('built/hello, to', 'gone, to'),
    );
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', 'commit', '-qam', 'Second'], {
      cwd: project.root,
    });
    const last = (await agent.azure({ kind: 'push', branch: 'main' })).at(-1);
    expect(last).toMatchObject({ command: 'buildenv distro', status: 1 });
    expect(last?.stderr).toMatch(/^##vso\[task\.logissue type=error\].*gone/m);
  });
});
