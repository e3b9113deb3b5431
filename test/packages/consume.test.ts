import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildenv } from '../support/cli';
import { docker } from '../support/engine';
import { validOutput } from '../support/output-schema';
import { describeWithBuilder, packagesProject, removeNetworks } from '../support/packages-project';
import type { TestProject } from '../support/test-project';

const PACKAGES = `  osinfo-db-tools:
    source: { path: osinfo-db-tools }
    spec: build/osinfo-db-tools.spec
    tarball: { method: meson-dist }
    expect: [osinfo-db-tools]
  lsscsi: { source: { path: lsscsi }, tarball: { method: git-archive } }
  standin: { source: { path: standin }, prepare: sh make-spec.sh }
`;

const INSTALL = `dnf -q -y --noplugins --nogpgcheck --installroot=/tmp/root --releasever=9 \
  --setopt=reposdir=/nowhere --setopt=cachedir=/tmp/cache --setopt=tsflags=noscripts \
  --setopt=install_weak_deps=False --setopt=module_platform_id=platform:el9 \
  --repofrompath=custom,$0 install osinfo-db-tools-0:1.12.99-1.el9 lsscsi-0:0.32.99-1 >/dev/null
export LD_LIBRARY_PATH=/tmp/root/usr/lib64
/tmp/root/usr/bin/osinfo-db-path --help >/dev/null
rpm -q --root /tmp/root osinfo-db-tools
/tmp/root/usr/bin/lsscsi --version 2>&1`;

/** Upstream's own tarballs, with other versions. */
function unpackSources(project: TestProject): void {
  const folder = project.path('tarballs');
  const download = resolve(__dirname, '../../scripts/debian-source.sh');
  execFileSync(download, [folder, 'trixie', 'osinfo-db-tools', 'lsscsi'], { stdio: 'inherit' });
  for (const name of ['osinfo-db-tools', 'lsscsi']) {
    const file = readdirSync(folder).find((one) => one.startsWith(`${name}_`)) ?? '';
    execFileSync('mkdir', [project.path(name)]);
    execFileSync('tar', [
      ...['-xf', join(folder, file), '-C', project.path(name)],
      '--strip-components=1',
    ]);
  }
  bump(project.path('osinfo-db-tools/meson.build'), "version: '1.12.0'", "version: '1.12.99'");
  bump(project.path('lsscsi/lsscsi.spec'), 'version 0.32', 'version 0.32.99');
  bump(project.path('lsscsi/src/lsscsi.c'), '"0.32  ', '"0.32.99  ');
}

function bump(file: string, from: string, to: string): void {
  const text = readFileSync(file, 'utf8');
  expect(text).toContain(from);
  writeFileSync(file, text.replace(from, to));
}

describeWithBuilder('packages of real upstreams', () => {
  let project: TestProject;
  beforeAll(() => {
    project = packagesProject(PACKAGES);
    cpSync(join(__dirname, 'standin'), project.path('standin'), { recursive: true });
    unpackSources(project);
  }, 120_000);
  afterAll(async () => {
    await rpm('stop');
    removeNetworks(project);
    project.remove();
  });

  const env = () => ({ XDG_CACHE_HOME: project.path('cache') });
  const rpm = (...args: readonly string[]) =>
    buildenv(['rpm', ...args], { cwd: project.root, env: env() });
  const json = async (command: string, ...args: readonly string[]) => {
    const { status, stdout, stderr } = await rpm(command, '--json', ...args);
    expect(status === 0 ? '' : stderr).toBe('');
    return validOutput(`rpm-${command}`, stdout);
  };

  test('no server is started before there is something to serve', async () => {
    const { status, stderr } = await rpm('serve');
    expect([status, stderr]).toEqual([1, expect.stringContaining('no repository of packages yet')]);
    expect(await json('stop')).toEqual({ stopped: false });
  });

  test('versions are read from the spec file before anything is built', async () => {
    expect(await json('versions', '--spec', 'lsscsi', 'osinfo-db-tools')).toEqual({
      packages: [
        { name: 'lsscsi', version: '0:0.32.99-1', arch: null },
        { name: 'osinfo-db-tools', version: '0:1.12.99-1.el9', arch: null },
      ],
      exports: {
        LSSCSI_VERSION: '0:0.32.99-1',
        OSINFO_DB_TOOLS_VERSION: '0:1.12.99-1.el9',
      },
    });
  }, 120_000);

  test('they are built, served, and installed by dnf with the bumped versions', async () => {
    await json('build');
    const { url, started } = (await json('serve')) as { url: string; started: boolean };
    expect(started).toBe(true);
    const builder = 'buildenv-packages/rpm-builder:latest';
    const output = docker('run', '--rm', '--network=host', builder, 'sh', '-euc', INSTALL, url);
    expect(output).toMatch(/^osinfo-db-tools-1.12.99-1.el9.x86_64$/m);
    expect(output).toMatch(/^(release|version)::? 0.32.99 /m);
    expect(await json('serve')).toEqual({ url, started: false });
  }, 300_000);

  test('versions of what was built, as lines for a shell', async () => {
    const { stdout } = await rpm('versions', '--export', 'osinfo-db-tools');
    expect(stdout.toString()).toBe('export OSINFO_DB_TOOLS_VERSION=0:1.12.99-1.el9\n');
    expect(await json('versions', 'lsscsi')).toMatchObject({
      packages: [{ name: 'lsscsi', version: '0:0.32.99-1', arch: 'x86_64' }],
    });
  });

  test('the files by which it is found', async () => {
    const { url, written } = (await json('repo')) as { url: string; written: string[] };
    expect(written).toEqual([project.path('custom-repo.yaml'), project.path('custom-repo.repo')]);
    expect(readFileSync(project.path('custom-repo.yaml'), 'utf8')).toBe(
      `repositories:\n- arch: x86_64\n  baseurl: ${url}\n  name: custom-build\n`,
    );
    expect(readFileSync(project.path('custom-repo.repo'), 'utf8')).toContain(`baseurl=${url}\n`);
  });

  test('--port serves at the loopback interface', async () => {
    const { url } = (await json('serve', '--port', '18743')) as { url: string };
    expect(url).toBe('http://127.0.0.1:18743/');
    const answer = await fetch(`${url}repodata/repomd.xml`);
    expect(answer.status).toBe(200);
  });

  test('stop ends the server and removes its network', async () => {
    expect(await json('stop')).toEqual({ stopped: true });
    expect(project.containers()).toEqual([]);
    const networks = [
      'network',
      'ls',
      '-q',
      '--filter',
      `label=dev.buildenv.project=${project.name}`,
    ];
    expect(docker(...networks)).toBe('');
    expect(existsSync(project.path('osinfo-db-tools/build'))).toBe(false);
  });
});
