import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { buildenv } from '../support/cli';
import { docker } from '../support/engine';
import { validOutput } from '../support/output-schema';
import { describeWithBuilder, packagesProject, tinySpec } from '../support/packages-project';
import type { TestProject } from '../support/test-project';

const PACKAGES = `  hello:
    source: { path: hello, dirty: error }
    tarball: { method: make-dist }
  greet:
    source: { path: greet }
    spec: packaging/greet.spec
    tarball: { method: command, command: sh pack.sh, output: 'out/*.tar' }
`;

const MAKEFILE = `dist:
\tmkdir hello-1.0
\tcp program hello-1.0
\ttar -czf hello-1.0.tar.gz hello-1.0
`;

const PACK = `mkdir -p out greet-2.0
cp lib/module/program greet-2.0
tar -cf out/greet.tar greet-2.0
`;

const FILES = {
  'hello/hello.spec': tinySpec('hello', '1.0'),
  'hello/program': '#!/bin/sh\necho hello\n',
  'hello/Makefile': MAKEFILE,
  'greet/packaging/greet.spec': tinySpec('greet', '2.0'),
  'greet/pack.sh': PACK,
  'module/program': '#!/bin/sh\necho greetings\n',
};

describeWithBuilder('sources and tarballs', () => {
  let project: TestProject;
  afterEach(() => project.remove());

  const start = (files: Readonly<Record<string, string>>, packages: string, rpm = '') => {
    project = packagesProject(packages, files, rpm);
  };
  const env = () => ({ XDG_CACHE_HOME: project.path('cache') });
  const rpm = (...args: readonly string[]) =>
    buildenv(['rpm', ...args], { cwd: project.root, env: env() });
  const build = async () => {
    const { status, stdout, stderr } = await rpm('build', '--json');
    expect(status === 0 ? '' : stderr).toBe('');
    const built = validOutput('rpm-build', stdout) as { rpms: { file: string }[] }[];
    return built.flatMap(({ rpms }) => rpms.map(({ file }) => file));
  };
  const git = (folder: string, ...args: readonly string[]) => {
    const config = ['user.name=T', 'user.email=t@example.com', 'protocol.file.allow=always'];
    const words = config.flatMap((one) => ['-c', one]);
    return execFileSync('git', [...words, ...args], { cwd: project.path(folder), stdio: 'pipe' });
  };
  const commit = (folder: string) => {
    git(folder, 'init', '--quiet');
    git(folder, 'add', '.');
    git(folder, 'commit', '--quiet', '--message=All');
  };
  /** What a shell finds in the repository, in a container of the builder's image. */
  const inRepository = (script: string) => {
    const label = [`project=${project.name}`, 'kind=rpms'].map(
      (one) => `label=dev.buildenv.${one}`,
    );
    const volume = docker('volume', 'ls', '-q', ...label.map((one) => `--filter=${one}`));
    const image = 'buildenv-packages/rpm-builder:latest';
    const options = ['--rm', '--network=none', `--volume=${volume}:/rpms:ro`];
    return docker('run', ...options, '-w', '/rpms/current', image, 'sh', '-euc', script);
  };
  const programOf = (file: string) =>
    inRepository(
      `rpm -i --force-debian --nodeps --root=/tmp/root noarch/${file}; cat /tmp/root/usr/bin/*`,
    );

  test('make dist, a command of the recipe, and a submodule', async () => {
    start(FILES, PACKAGES);
    commit('module');
    commit('hello');
    commit('greet');
    git('greet', 'submodule', '--quiet', 'add', project.path('module'), 'lib/module');
    expect(await build()).toEqual(['hello-1.0-1.el9.noarch.rpm', 'greet-2.0-1.el9.noarch.rpm']);
    expect(programOf('hello-1.0-1.el9.noarch.rpm')).toContain('echo hello');
    expect(programOf('greet-2.0-1.el9.noarch.rpm')).toContain('echo greetings');

    rmSync(project.path('greet/lib/module'), { recursive: true });
    git('greet', 'submodule', '--quiet', 'deinit', '--force', 'lib/module');
    const { status, stderr } = await rpm('build');
    expect([status, stderr]).toEqual([1, expect.stringContaining('git -C')]);
    expect(stderr).toContain(
      `The submodule ${project.path('greet/lib/module')} is not checked out`,
    );
  }, 120_000);

  test('changes that are not committed are refused, or built, as the source says', async () => {
    const hello = '  hello: { source: { path: hello, dirty: error } }\n';
    start(FILES, hello);
    commit('hello');
    project.write('hello/program', '#!/bin/sh\necho changed\n');
    const { status, stderr } = await rpm('build');
    expect(status).toBe(2);
    expect(stderr).toContain(
      `${project.path('hello')} has uncommitted changes, and hello is built from commits`,
    );
    expect(stderr).toContain("Commit them, or set packages.hello.source.dirty to 'include'.");
    project.write('buildenv.yaml', project.read('buildenv.yaml').replace('error', 'include'));
    const [file = ''] = await build();
    expect(programOf(file)).toContain('echo changed');
  });

  test('an earlier build is dropped from the repository, or kept by `keep: all`', async () => {
    start(FILES, '  hello: { source: { path: hello } }\n');
    const bump = (version: string) => {
      project.write('hello/hello.spec', tinySpec('hello', version));
      return build();
    };
    const listed = () => inRepository('ls noarch; zcat repodata/*primary.xml.gz').split('\n<?xml');
    await bump('1.0');
    await bump('1.1');
    expect(listed()[0]).toBe('hello-1.1-1.el9.noarch.rpm');
    project.write(
      'buildenv.yaml',
      project.read('buildenv.yaml').replace('rpm:\n', 'rpm:\n  keep: all\n'),
    );
    await bump('1.2');
    const [names, metadata] = listed();
    expect(names).toBe('hello-1.1-1.el9.noarch.rpm\nhello-1.2-1.el9.noarch.rpm');
    expect(metadata).toContain('packages="2"');
  });
});
