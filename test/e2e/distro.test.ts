import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
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

  test('where nothing changed, one look at the files finds it, and what is odd is said again', async () => {
    chmodSync(project.path('files/text'), 0o4755);
    const first = await distro(['--json']);
    expect(first.stderr).toContain('setuid');
    const second = await distro(['--json']);
    expect(second.stderr).toContain('nothing changed');
    expect(second.stderr).not.toContain('assembling');
    expect(second.stderr).toContain('setuid');
    const [made] = JSON.parse(first.stdout.toString()) as object[];
    expect(JSON.parse(second.stdout.toString())).toEqual([{ ...made, changed: false }]);
  });

  test.each<[string, () => void]>([
    ['whose size and time stay', () => project.write('files/text', 'From the distro\n')],
    ['that comes', () => project.write('files/more', 'x')],
    ['that goes', () => rmSync(project.path('files/other'))],
  ])('a file %s is seen', async (_which, change) => {
    project.write('files/other', 'x');
    const { mtime } = statSync(project.path('files/text'));
    const first = await assemble();
    change();
    utimesSync(project.path('files/text'), mtime, mtime);
    expect((await assemble()).id).not.toBe(first.id);
  });

  test('that capabilities cannot be read is said, until they can be', async () => {
    const noProgram = { PATH: project.path('.') };
    await distro([], noProgram);
    const unchanged = (await distro([], noProgram)).stderr;
    expect(unchanged).toContain('nothing changed');
    expect(unchanged).toContain('getfattr (Debian: attr)');
    const { stderr } = await distro();
    expect(stderr).toContain('assembling');
    expect(stderr).not.toContain('getfattr');
  });

  test('an image that is gone is made again', async () => {
    const first = await assemble();
    docker('rmi', '--force', first.id);
    expect(await assemble()).toEqual(first);
    expect(docker('inspect', '--format', '{{.Id}}', first.reference)).toBe(first.id);
  });

  test('a new commit leaves the layers as they are', async () => {
    const commit = () => {
      const who = ['-c', 'user.name=t', '-c', 'user.email=t@t'];
      const args = [...who, 'commit', '--allow-empty', '--message', 'x'];
      execFileSync('git', args, { cwd: project.root, stdio: 'ignore' });
    };
    execFileSync('git', ['init', '--quiet', project.root]);
    execFileSync('git', ['add', '.'], { cwd: project.root });
    commit();
    const first = await assemble();
    commit();
    const second = await assemble();
    expect(second.layers).toEqual(first.layers);
    expect(second.id).not.toBe(first.id);
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

  describe('--output', () => {
    const STACK = `${DISTRO}  top:
    base: small
    files: [{ from: more, to: /opt/more }]
`;
    const nowhere = { DOCKER_HOST: 'unix:///nowhere.sock' };
    const output = async (to: string) => {
      const args = ['top', '--output', to, '--json'];
      const { status, stdout, stderr } = await distro(args, nowhere);
      if (status !== 0) throw new Error(stderr);
      const [made] = JSON.parse(stdout.toString()) as DistroJson[];
      return made ?? { reference: '', id: '', layers: [] };
    };
    const run = (program: string, ...args: readonly string[]) =>
      execFileSync(program, args, { encoding: 'utf8' });
    beforeEach(() => {
      project.write('buildenv.yaml', `version: 1\nproject: ${project.name}\n${STACK}`);
      project.write('more', 'more\n');
    });

    test('an archive needs no engine; docker, and skopeo, read it as the image that the engine gets', async () => {
      const file = project.path('out/top.tar');
      const made = await output(`docker-archive:${file}`);
      const inspected = run('skopeo', 'inspect', '--config', `docker-archive:${file}`);
      expect(JSON.parse(inspected)).toMatchObject({
        created: '1970-01-01T00:00:00Z',
        rootfs: { diff_ids: made.layers },
      });
      docker('load', '--input', file);
      expect(docker('inspect', '--format', '{{.Id}}', made.reference)).toBe(made.id);
      expect(docker('run', '--rm', '--network=none', made.reference)).toBe('from the distro');
      docker('rmi', made.reference);
      const { stdout } = await distro(['top', '--json']);
      expect(JSON.parse(stdout.toString())).toMatchObject([{}, { id: made.id }]);
      expect(readdirSync(project.path('out'))).toEqual(['top.tar']);
    });

    test('an OCI layout needs no engine, and skopeo and umoci read it', async () => {
      const folder = project.path('layout');
      const made = await output(`oci:${folder}`);
      expect(await output(`oci:${folder}`)).toEqual(made);
      const copy = project.path('copy');
      run('skopeo', '--insecure-policy', 'copy', `oci:${folder}:local`, `dir:${copy}`);
      const inspected = run('skopeo', 'inspect', '--config', `oci:${folder}:local`);
      expect(JSON.parse(inspected)).toMatchObject({ rootfs: { diff_ids: made.layers } });
      const rootfs = project.path('rootfs');
      run('umoci', 'raw', 'unpack', '--image', `${folder}:local`, rootfs);
      expect(readFileSync(`${rootfs}/opt/files/text`, 'utf8')).toBe('from the distro\n');
      expect(readFileSync(`${rootfs}/opt/more`, 'utf8')).toBe('more\n');
    });

    test('a folder with other things in it stays as it is', async () => {
      project.write('precious/thing', 'x');
      const { status, stderr } = await distro(['top', '--output', 'oci:precious'], nowhere);
      expect(status).toBe(2);
      expect(stderr).toContain('is there and is no OCI layout');
      expect(readdirSync(project.root).filter((name) => name.startsWith('precious'))).toEqual([
        'precious',
      ]);
      expect(readdirSync(project.path('precious'))).toEqual(['thing']);
    });

    test('a file that is missing leaves nothing behind', async () => {
      rmSync(project.path('files'), { recursive: true });
      const { status } = await distro(['top', '--output', 'docker-archive:top.tar'], nowhere);
      expect(status).toBe(1);
      expect(readdirSync(project.root).sort()).toEqual(['buildenv.yaml', 'more']);
    });
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
