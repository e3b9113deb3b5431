import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { buildenv } from '../support/cli';
import { docker } from '../support/engine';
import { validOutput } from '../support/output-schema';
import {
  describeWithBuilder,
  packagesProject,
  removeNetworks,
  tinySpec,
} from '../support/packages-project';
import type { TestProject } from '../support/test-project';

describeWithBuilder('what packages leave', () => {
  let project: TestProject;
  afterEach(() => {
    removeNetworks(project);
    project.remove();
  });

  test('is listed, stays while it is used, and goes when nothing can use it any more', async () => {
    project = packagesProject('  hello: { source: { path: hello } }\n', {
      'hello/hello.spec': tinySpec('hello', '1.0'),
      'hello/program': '#!/bin/sh\n',
    });
    let { root } = project;
    const tool = async (...args: readonly string[]) => {
      const env = { XDG_CACHE_HOME: join(root, 'cache'), XDG_RUNTIME_DIR: join(root, 'run') };
      const { status, stdout, stderr } = await buildenv(args, { cwd: root, env });
      expect(status === 0 ? '' : stderr).toBe('');
      return stdout;
    };
    const collect = async () =>
      (validOutput('gc', await tool('gc', '--json')) as { removed: unknown[] }).removed;
    const listed = async () =>
      (validOutput('ps', await tool('ps', '--json')) as { kind: string; project: string }[])
        .filter((one) => one.project === project.name)
        .map(({ kind }) => kind);
    await tool('rpm', 'build');
    await tool('rpm', 'serve');
    expect(await listed()).toEqual(['rpm-server']);
    expect(await collect()).toEqual([]);

    const stopByHand = () => docker('rm', '--force', ...project.containers());
    stopByHand();
    expect(await collect()).toMatchObject([{ kind: 'network' }]);
    await tool('rpm', 'serve');

    root = `${project.root}-moved`;
    renameSync(project.root, root);
    try {
      expect(await collect()).toMatchObject([
        { kind: 'volume', name: expect.stringMatching(/-rpm-ccache$/) as string },
      ]);
      stopByHand();
      expect(await collect()).toMatchObject([
        { kind: 'network', name: expect.stringMatching(/-rpm$/) as string },
        { kind: 'volume', name: expect.stringMatching(/-rpm$/) as string },
      ]);
    } finally {
      renameSync(root, project.root);
    }
  }, 120_000);
});
