import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { buildenv, startBuildenv } from '../support/cli';
import { docker } from '../support/engine';
import { validOutput } from '../support/output-schema';
import {
  describeWithBuilder,
  listing,
  packagesProject,
  tinySpec,
} from '../support/packages-project';
import type { TestProject } from '../support/test-project';

interface BuiltJson {
  name: string;
  action: string;
  log: string;
  rpms: { name: string; version: string; arch: string; file: string }[];
}

const HELLO = '  hello: { source: { path: hello } }\n';
const PROGRAM = '#!/bin/sh\necho hello\n';

describeWithBuilder('buildenv rpm build', () => {
  let project: TestProject;
  afterEach(() => project.remove());

  const env = { XDG_CACHE_HOME: '' };
  const start = (packages: string, files: Readonly<Record<string, string>>) => {
    project = packagesProject(packages, files);
    env.XDG_CACHE_HOME = project.path('cache');
  };
  const rpm = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    buildenv(['rpm', ...args], { cwd: project.root, env: { ...env, ...more } });
  const build = async (...args: readonly string[]) => {
    const { status, stdout, stderr } = await rpm(['build', '--json', ...args]);
    expect(status === 0 ? '' : stderr).toBe('');
    return validOutput('rpm-build', stdout) as BuiltJson[];
  };

  test('builds what changed and nothing else, and leaves the tree as it was', async () => {
    start(HELLO, { 'hello/hello.spec': tinySpec('hello', '1.0'), 'hello/program': PROGRAM });
    const before = listing(project.path('hello'));
    const [first] = await build();
    expect(first).toMatchObject({
      name: 'hello',
      action: 'build',
      rpms: [
        {
          name: 'hello',
          version: '0:1.0-1.el9',
          arch: 'noarch',
          file: 'hello-1.0-1.el9.noarch.rpm',
        },
      ],
    });
    expect(readFileSync(first?.log ?? '', 'utf8')).toMatch(/^=== rpmbuild$/m);
    expect(await build()).toMatchObject([{ action: 'none', rpms: first?.rpms }]);
    expect(listing(project.path('hello'))).toBe(before);

    project.write('hello/hello.spec', tinySpec('hello', '1.1'));
    const planned = await rpm(['build', '--dry-run', '--json']);
    expect(validOutput('rpm-build-dry-run', planned.stdout)).toMatchObject([
      { name: 'hello', action: 'build', source: project.path('hello') },
    ]);
    expect(await build()).toMatchObject([{ action: 'build', rpms: [{ version: '0:1.1-1.el9' }] }]);
    expect(project.containers()).toEqual([]);
  });

  test('says all that is missing before it asks an engine', async () => {
    start('  libvirt: { recipe: libvirt }\n  qemu: { recipe: qemu }\n', {
      'qemu-kvm/README': 'no spec file\n',
      'qemu/VERSION': '10.0.0\n',
    });
    const nowhere = { DOCKER_HOST: 'unix:///nowhere.sock', LIBVIRT_DIR: '', QEMU_KVM_DIR: '' };
    const all = await rpm(['build'], { ...nowhere, QEMU_DIR: 'not-there' });
    expect(all.status).toBe(2);
    expect(all.stderr).toContain('LIBVIRT_DIR is not set');
    expect(all.stderr).toContain(`There is no folder ${project.path('not-there')}`);
    expect(all.stderr).toContain('QEMU_KVM_DIR is not set');

    const qemu = { ...nowhere, QEMU_DIR: 'qemu', QEMU_KVM_DIR: 'qemu-kvm', QEMU_ONLY: '1' };
    const { stderr } = await rpm(['build'], qemu);
    expect(stderr).toContain(`There is no spec file ${project.path('qemu-kvm/qemu-kvm.spec')}`);
    expect(stderr).not.toContain('LIBVIRT_DIR');

    const both = await rpm(['build'], { ...qemu, LIBVIRT_ONLY: '1' });
    expect([both.status, both.stderr]).toEqual([2, expect.stringContaining('are both set')]);
  });

  test('names the phase that failed, shows its last lines and keeps the log', async () => {
    start(HELLO, {
      'hello/hello.spec': tinySpec('hello', '1.0', '%build\necho about to fail; exit 3'),
      'hello/program': PROGRAM,
    });
    const { status, stderr } = await rpm(['build']);
    expect(status).toBe(1);
    expect(stderr).toContain('Cannot build hello: rpmbuild failed');
    expect(stderr).toMatch(/^about to fail$/m);
    const log = /All of its output: (.*)/.exec(stderr)?.[1] ?? '';
    expect(readFileSync(log, 'utf8')).toMatch(/=== spec[^]*=== rpmbuild[^]*about to fail/);
    expect(project.containers()).toEqual([]);
  });

  test('a package that the recipe expects and the build did not make is an error', async () => {
    start('  hello: { source: { path: hello }, expect: [hello, hello-devel] }\n', {
      'hello/hello.spec': tinySpec('hello', '1.0'),
      'hello/program': PROGRAM,
    });
    const { status, stderr } = await rpm(['build']);
    expect(status).toBe(1);
    expect(stderr).toContain('the build made no package hello-devel');
  });

  test.each([
    ['SIGINT', 130],
    ['SIGKILL', null],
  ] as const)('%s in the middle of a build leaves no container', async (signal, status) => {
    start(HELLO, {
      'hello/hello.spec': tinySpec('hello', '1.0', '%build\necho now; sleep 600'),
      'hello/program': PROGRAM,
    });
    const options = { cwd: project.root, env };
    const child = startBuildenv(['rpm', 'build', '--verbose'], options);
    let output = '';
    child.stderr?.on('data', (data: Buffer) => {
      output += data.toString();
      if (!child.killed && /\| now$/m.test(output)) child.kill(signal);
    });
    expect(await once(child, 'close')).toEqual([status, signal === 'SIGKILL' ? signal : null]);
    expect(output).toContain('now');
    const deadline = Date.now() + 20_000;
    const left = () =>
      docker('ps', '-aq', '--filter', `label=dev.buildenv.project=${project.name}`);
    while (left() !== '' && Date.now() < deadline) await sleep(100);
    expect(project.containers()).toEqual([]);
  });
});
