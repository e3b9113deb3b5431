import { readFileSync, writeFileSync } from 'node:fs';
import { buildenv } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine } from '../support/engine';
import { TestProject } from '../support/test-project';

const SECTIONS = `images:
  base: { from: '${BUSYBOX_IMAGE}' }
  tool: { dockerfile: Dockerfile, needs: [base] }
environments:
  default: { image: tool, reuse: off }
distros:
  hello-1:
    files: [{ from: hello, to: /hello }]
`;

describeWithEngine('the log of a CI system', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(SECTIONS, {
      Dockerfile: 'ARG BASE\nFROM ${BASE}\nENV A=b\n',
      hello: 'hello',
    });
  });
  afterEach(() => project.remove());

  const inAzure = (...args: readonly string[]) =>
    buildenv(args, { cwd: project.root, env: { TF_BUILD: 'True' } });

  test('Azure Pipelines: groups, outputs of a distro, and stdout with the result alone', async () => {
    const { status, stdout, stderr } = await inAzure('distro', '--json');
    expect(status).toBe(0);
    const reference = `${project.name}/hello-1:local`;
    expect(JSON.parse(stdout.toString())).toMatchObject([{ reference }]);
    expect(stderr.trimEnd().split('\n')).toEqual([
      '##[group]hello-1: assembling 1 entries, 5 B',
      expect.stringMatching(/^ +\d\.\ds hello-1: assembling 1 entries, 5 B$/),
      '##[endgroup]',
      expect.stringMatching(/^ +\d\.\ds hello-1: done, /),
      `##vso[task.setvariable variable=image_hello_1;isOutput=true]${reference}`,
    ]);
  });

  test('Azure Pipelines: the group of an image is closed before the command that needs it', async () => {
    const { status, stdout, stderr } = await inAzure('run', 'printf', '%s', '##[group]mine');
    expect(status).toBe(0);
    expect(stdout.toString()).toBe('##[group]mine');
    expect(stderr.match(/^##\[(end)?group\]/gm)?.at(-1)).toBe('##[endgroup]');
  });

  test('Azure Pipelines: a failed build is an issue, after its output', async () => {
    project.write('Dockerfile', 'ARG BASE\nFROM ${BASE}\nRUN echo "##vso[a.b]c"; false\n');
    const { status, stderr } = await inAzure('image');
    expect(status).toBe(1);
    expect(stderr).toContain('**vso[a.b]c');
    expect(stderr).not.toContain('##vso[a.b]');
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(
      /^##vso\[task\.logissue type=error\]Cannot build .*: RUN .*%0A→ Its output is above\.$/,
    );
  });

  test('GitHub Actions: groups, issues at their place, and outputs in the file of the step', async () => {
    const file = project.path('outputs');
    writeFileSync(file, 'before=1\n');
    const env = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: file };
    const made = await buildenv(['distro'], { cwd: project.root, env });
    expect(made.status).toBe(0);
    expect(made.stderr).toMatch(/^::group::hello-1: assembling.*\n.*\n::endgroup::\n/);
    const reference = `${project.name}/hello-1:local`;
    expect(readFileSync(file, 'utf8')).toBe(`before=1\nimage_hello_1=${reference}\n`);

    project.write('buildenv.yaml', 'version: 1\nprojekt: x\n');
    const refused = await buildenv(['distro'], { cwd: project.root, env });
    expect(refused.status).toBe(2);
    expect(refused.stderr).toMatch(/^::error file=.*buildenv\.yaml,line=2,col=1::unknown key/m);
  });
});
