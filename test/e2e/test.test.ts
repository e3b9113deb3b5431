import { BUSYBOX_IMAGE, describeWithEngine } from '../support/engine';
import { buildenv } from '../support/cli';
import { TestProject } from '../support/test-project';

const SECTIONS = `images:
  base: { from: '${BUSYBOX_IMAGE}' }
  tests: { dockerfile: Dockerfile, needs: [base] }
environments:
  default: { image: base, reuse: off }
  test: { image: tests, reuse: off }
test:
  environment: test
  command: [sh, -c, 'echo "$PURPOSE in $PWD:" "$@"; exit 3', sh]
`;
const FILES = {
  Dockerfile: 'ARG BASE\nFROM ${BASE}\nENV PURPOSE=testing\n',
  'sub/file': '',
};

describeWithEngine('buildenv test', () => {
  let project: TestProject;
  beforeAll(() => {
    project = new TestProject(SECTIONS, FILES);
  });
  afterAll(() => project.remove());

  test('builds the image of the tests, and runs them in the root with the arguments', async () => {
    const cwd = project.path('sub');
    const first = await buildenv(['test', '--', '--one', 'two words'], { cwd });
    expect(first.stdout.toString()).toBe(`testing in ${project.root}: --one two words\n`);
    expect(first.status).toBe(3);
    const again = await buildenv(['test'], { cwd });
    expect(again).toMatchObject({ status: 3, stderr: '' });
    expect(project.containers()).toEqual([]);
  });

  test('prints the docker command of it', async () => {
    const { stdout } = await buildenv(['test', '--dry-run', 'x'], { cwd: project.root });
    expect(stdout.toString()).toMatch(/^docker run .* sh x\n$/);
  });

  test('says so where the configuration has no tests, or names no environment', async () => {
    const other = new TestProject('');
    try {
      const none = await buildenv(['test'], { cwd: other.root });
      expect(none.status).toBe(125);
      expect(none.stderr).toContain('does not say how this project is tested');
      other.write(
        'buildenv.yaml',
        'version: 1\nproject: x\nenvironments: {default: {image: a}}\nimages: {a: {from: b}}\n' +
          'test: {environment: defualt, command: [a]}\n',
      );
      const wrong = await buildenv(['run', 'true'], { cwd: other.root });
      expect(wrong.stderr).toContain("there is no environment 'defualt'");
      expect(wrong.stderr).toContain("did you mean 'default'?");
    } finally {
      other.remove();
    }
  });
});
