import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { buildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';

const DISTRO = `distros:
  small:
    files:
      - { from: /bin/busybox, to: /bin/busybox }
      - { from: files, to: /opt/files }
    config:
      entrypoint: [/bin/busybox]
      cmd: [cat, /opt/files/text]
      labels: { purpose: test }
`;

interface DistroJson {
  reference: string;
  id: string;
  layers: string[];
}

describeWithEngine('buildenv distro', () => {
  let project: TestProject;
  beforeEach(() => {
    project = new TestProject(DISTRO, { 'files/text': 'from the distro\n' });
  });
  afterEach(() => project.remove());

  const distro = (args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
    buildenv(['distro', ...args], { cwd: project.root, env });
  const assemble = async (env: Readonly<Record<string, string>> = {}) => {
    const { stdout } = await distro(['--json'], env);
    const [made] = JSON.parse(stdout.toString()) as DistroJson[];
    return made ?? { reference: '', id: '', layers: [] };
  };

  test('makes an image that runs, with the configuration and the tag for a tree without git', async () => {
    const { reference } = await assemble();
    expect(reference).toBe(`${project.name}/small:local`);
    expect(docker('run', '--rm', '--network=none', reference)).toBe('from the distro');
    const labels = docker('inspect', '--format', '{{json .Config.Labels}}', reference);
    expect(JSON.parse(labels)).toMatchObject({
      purpose: 'test',
      'dev.buildenv.project': project.name,
      'dev.buildenv.kind': 'distro',
    });
  });

  test('has the tag of the branch, or the one that IMAGE_VERSION names', async () => {
    const git = (...args: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], {
        cwd: project.root,
        stdio: 'ignore',
      });
    git('init', '--initial-branch', 'fix/a');
    git('add', '.');
    git('commit', '--message', 'x');
    const outsideCi = { GITHUB_HEAD_REF: '', GITHUB_REF_NAME: '', BUILD_SOURCEBRANCH: '' };
    expect((await assemble(outsideCi)).reference).toMatch(/\/small:fix-a-[0-9a-f]{8}$/);
    expect((await assemble({ IMAGE_VERSION: 'v1' })).reference).toMatch(/\/small:v1$/);
  });

  test('equal files give an equal image, whatever their times, the time zone and the umask', async () => {
    const first = await assemble({ TZ: 'Asia/Tokyo' });
    docker('rmi', '--force', first.id);
    execFileSync('touch', [project.path('files/text')]);
    chmodSync(project.path('files/text'), 0o600);
    expect(await assemble({ TZ: 'America/New_York', LC_ALL: 'C' })).toEqual(first);
  });

  test('a distro on another has its layers, and of its own only what differs', async () => {
    project.write(
      'buildenv.yaml',
      `version: 1\nproject: ${project.name}\n${DISTRO}  top:
    base: small
    files:
      - { from: files, to: /opt/files }
      - { from: more, to: /opt/more }
    config: { cmd: [cat, /opt/files/text, /opt/more] }\n`,
    );
    project.write('more', 'and more\n');
    const { stdout } = await distro(['top', '--json']);
    const [small, top] = JSON.parse(stdout.toString()) as DistroJson[];
    expect(top?.layers.slice(0, -1)).toEqual(small?.layers);
    expect(docker('run', '--rm', '--network=none', top?.reference ?? '')).toBe(
      'from the distro\nand more',
    );

    const dryRun = (await distro(['top', '--dry-run'])).stdout.toString();
    expect(dryRun.split('top:local: ')[1]?.split('\n').slice(0, 3)).toEqual([
      '2 entries, 9 B',
      '  folder 0755 /opt',
      '  file   0644 /opt/more',
    ]);

    project.write('more', 'something else\n');
    const again = JSON.parse((await distro(['top', '--json'])).stdout.toString()) as DistroJson[];
    expect(again[0]).toEqual({ ...small, changed: false });
    expect(again[1]?.layers.at(-1)).not.toBe(top?.layers.at(-1));
  });

  test('an image that loses its tag goes, unless a container stands on it', async () => {
    const first = await assemble();
    project.write('files/text', 'second');
    const second = await assemble();
    expect(docker('images', '--quiet', '--no-trunc', '--all')).not.toContain(first.id);
    docker('create', `--label=dev.buildenv.project=${project.name}`, second.reference);
    project.write('files/text', 'third');
    await assemble();
    expect(docker('images', '--quiet', '--no-trunc', '--all')).toContain(second.id);
  });

  test('--dry-run lists what would be in it and makes nothing', async () => {
    const { stdout } = await distro(['--dry-run']);
    expect(stdout.toString()).toMatch(/file +0644 \/opt\/files\/text/);
    expect(stdout.toString()).toContain('Entrypoint ["/bin/busybox"]');
    expect(project.images()).toEqual([]);
  });

  test('files that are missing are all named, and no image is made', async () => {
    project.write(
      'buildenv.yaml',
      `version: 1\nproject: ${project.name}\n${DISTRO.replace('/bin/busybox, to', 'gone, to').replace('from: files', 'from: gone-too')}`,
    );
    const { status, stderr } = await distro();
    expect(status).toBe(1);
    expect(stderr).toContain(project.path('gone'));
    expect(stderr).toContain(project.path('gone-too'));
    expect(project.images()).toEqual([]);
  });
});
