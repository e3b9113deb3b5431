import { buildenv } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';

const DIAMOND = `images:
  base:
    from: ${BUSYBOX_IMAGE}
  left:
    dockerfile: left.dockerfile
    needs: [base]
  right:
    dockerfile: right.dockerfile
    context: files
    needs: [base]
    args: { WORD: plain }
  top:
    dockerfile: top.dockerfile
    needs: [left, right]
environments:
  default:
    image: top
`;

const FILES = {
  'left.dockerfile': 'ARG BASE\nFROM ${BASE}\nRUN echo left > /left\n',
  'right.dockerfile': 'ARG BASE\nFROM ${BASE}\nARG WORD\nCOPY . /files\nRUN echo $WORD > /right\n',
  'files/kept': 'kept\n',
  'files/ignored': 'ignored\n',
  'files/.dockerignore': 'ignored\n.dockerignore\n',
  'top.dockerfile':
    'ARG LEFT\nARG RIGHT\nFROM ${LEFT} AS left\nFROM ${RIGHT}\nCOPY --from=left /left /left\n',
};

interface ImageJson {
  name: string;
  action: string;
  id: string;
}

describeWithEngine('buildenv image', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(DIAMOND, FILES);
  });
  afterEach(() => project.remove());

  const image = (...args: readonly string[]) => buildenv(['image', ...args], { cwd: project.root });
  const actions = async (...args: readonly string[]) => {
    const { stdout } = await image('--json', ...args);
    const images = JSON.parse(stdout.toString()) as ImageJson[];
    return Object.fromEntries(images.map(({ name, action }) => [name, action]));
  };
  const read = (name: string, path: string) =>
    docker('run', '--rm', '--network=none', `${project.name}/${name}:latest`, 'cat', path);

  test('builds in dependency order, and nothing that is unchanged', async () => {
    const first = await image();
    expect(first).toMatchObject({ status: 0 });
    expect(read('top', '/left')).toBe('left');
    expect(read('top', '/right')).toBe('plain');
    expect(read('right', '/files/kept')).toBe('kept');
    expect(() => read('right', '/files/ignored')).toThrow();

    const since = Math.floor(Date.now() / 1000);
    const none = { base: 'none', left: 'none', right: 'none', top: 'none' };
    expect(await actions()).toEqual(none);
    const until = String(Math.floor(Date.now() / 1000) + 1);
    const filters = ['--filter', 'type=image', '--filter', `image=${project.name}/top:latest`];
    expect(docker('events', '--since', String(since), '--until', until, ...filters)).toBe('');
  });

  test('a change builds what it reaches; going back only moves the tag', async () => {
    await image();
    project.write('left.dockerfile', FILES['left.dockerfile'].replace('left >', 'other >'));
    expect(await actions()).toEqual({ base: 'none', left: 'build', right: 'none', top: 'build' });
    expect(read('top', '/left')).toBe('other');
    project.write('left.dockerfile', FILES['left.dockerfile']);
    expect(await actions()).toEqual({ base: 'none', left: 'retag', right: 'none', top: 'retag' });
    expect(read('top', '/left')).toBe('left');
  });

  test('--build-arg and --no-cache build again', async () => {
    await image();
    expect(await actions('right', '--build-arg', 'WORD=fancy')).toMatchObject({ right: 'build' });
    expect(read('right', '/right')).toBe('fancy');
    const { action } =
      (
        JSON.parse((await image('left', '--no-cache', '--json')).stdout.toString()) as ImageJson[]
      ).find(({ name }) => name === 'left') ?? {};
    expect(action).toBe('build');
  });

  test('--dry-run says what would be built and builds nothing', async () => {
    expect(await actions('--dry-run')).toEqual({
      base: 'obtain',
      left: 'build',
      right: 'build',
      top: 'build',
    });
    expect(project.images()).toEqual([]);
  });

  test('a step that fails is named, with its output, and leaves nothing behind', async () => {
    project.write(
      'left.dockerfile',
      'ARG BASE\nFROM ${BASE}\nRUN true\nRUN echo from the step; exit 3\n',
    );
    const { status, stderr, stdout } = await image();
    expect(status).toBe(1);
    expect(stdout.toString()).toBe('');
    expect(stderr).toContain('RUN echo from the step; exit 3');
    expect(stderr).toMatch(/^from the step$/m);
    const left = project.images().filter((reference) => /left|top/.test(reference));
    expect(left).toEqual([]);
    expect(project.containers()).toEqual([]);
  });

  test('list, inspect and remove', async () => {
    await image();
    const list = await image('list');
    expect(list.stdout.toString()).toMatch(
      new RegExp(`^${project.name}/top:latest +up to date`, 'm'),
    );
    const inspected = JSON.parse((await image('inspect', 'top')).stdout.toString()) as {
      labels: Record<string, string>;
    }[];
    expect(inspected[0]?.labels).toMatchObject({
      'dev.buildenv.project': project.name,
      'dev.buildenv.kind': 'image',
      'dev.buildenv.name': 'top',
    });
    expect((await image('remove', 'top')).status).toBe(0);
    expect(project.images().filter((reference) => reference.includes('/top:'))).toEqual([]);
    expect((await image('list')).stdout.toString()).toMatch(/top:latest +to build/);
  });

  test('an image that is not in the configuration is wrong usage', async () => {
    const { status, stderr } = await image('topp');
    expect(status).toBe(2);
    expect(stderr).toContain("'topp'");
    expect(stderr).toContain('top');
  });
});
