import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { buildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';

/** Small, without dependencies, and used by nothing: installed and removed by these tests. */
const PACKAGE = 'hello';

const SECTIONS = `namespace: kontain
images:
  base-debian:
    from: debian:bookworm-slim
    bootstrap: { distribution: debian, suite: bookworm, packages: [ca-certificates] }
  PROJECT:
    dockerfile: Dockerfile
    needs: [base-debian]
environments:
  default: { image: PROJECT, reuse: off }
`;
const DOCKERFILE = `ARG BASE_DEBIAN
FROM \${BASE_DEBIAN}
RUN apt-get update && apt-get install -y --no-install-recommends ${PACKAGE}
`;

const canInstall = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
const testInstall = canInstall ? test : test.skip;
if (!canInstall) console.warn('SKIPPED, not root on Debian: packages installed on this host');

const isInstalled = () => spawnSync('dpkg-query', ['--show', PACKAGE]).status === 0;

function removePackage(): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['-qq', 'purge', '--yes', PACKAGE], { env, stdio: 'ignore' });
}

describeWithEngine('buildenv local', () => {
  let project: TestProject;
  let wasInstalled: boolean;
  beforeAll(async () => {
    project = new TestProject('', { Dockerfile: DOCKERFILE });
    const sections = SECTIONS.replaceAll('PROJECT', project.name);
    project.write('buildenv.yaml', `version: 1\nproject: ${project.name}\n${sections}`);
    const { status, stderr } = await buildenv(['image'], { cwd: project.root });
    expect(status === 0 ? '' : stderr).toBe('');
    wasInstalled = isInstalled();
    if (wasInstalled) removePackage();
  }, 300_000);
  afterAll(() => {
    if (wasInstalled && !isInstalled()) execFileSync('apt-get', ['install', '--yes', PACKAGE]);
    const images = docker(
      'images',
      '--format',
      '{{.Repository}}:{{.Tag}}',
      `kontain/${project.name}`,
    );
    docker('rmi', ...images.split('\n'));
    project.remove();
  });

  const local = (...args: readonly string[]) => buildenv(['local', ...args], { cwd: project.root });

  test('lists what was installed on purpose in the image, with the versions of this machine', async () => {
    const { stdout } = await local('list', '--json');
    const { kind, packages } = JSON.parse(stdout.toString()) as {
      kind: string;
      packages: { name: string; version: string; local: string | null }[];
    };
    expect(kind).toBe('deb');
    const names = packages.map(({ name }) => name);
    expect(names).toContain('ca-certificates');
    expect(names).not.toContain('libc6');
    const version = docker(
      'run',
      '--rm',
      '--network=none',
      `kontain/${project.name}`,
      'dpkg-query',
      '--show',
      '--showformat',
      '${Version}',
      PACKAGE,
    );
    expect(packages).toContainEqual({ name: PACKAGE, version, local: null });
    expect((await local('list')).stdout.toString()).toMatch(/^PACKAGE +IMAGE +HERE\n/);
  });

  test('an image that is not there, and one without a package manager', async () => {
    expect(await local('list', 'nothing')).toMatchObject({ status: 2 });
    const other = TestProject.withBusybox();
    try {
      const { status, stderr } = await buildenv(['local', 'list'], { cwd: other.root });
      expect(status).toBe(1);
      expect(stderr).toContain('The packages of tool cannot be listed');
    } finally {
      other.remove();
    }
  });

  testInstall(
    'says what is missing, and installs it',
    async () => {
      const before = await local('check');
      expect(before.status).toBe(1);
      expect(before.stdout.toString()).toContain(PACKAGE);

      const planned = await local('install', '--dry-run');
      expect(planned.stdout.toString()).toMatch(/^apt-get install .*\bhello\b/);
      const unasked = await local('install');
      expect(unasked.status).toBe(2);
      expect(unasked.stderr).toContain('--yes');
      expect(isInstalled()).toBe(false);

      const { status, stdout, stderr } = await local('install', '--yes', '--json');
      expect(status === 0 ? '' : stderr).toBe('');
      expect(JSON.parse(stdout.toString())).toMatchObject({
        missing: expect.arrayContaining([PACKAGE]) as string[],
      });
      expect(isInstalled()).toBe(true);
      expect(await local('check')).toMatchObject({ status: 0 });
      removePackage();
    },
    180_000,
  );
});
