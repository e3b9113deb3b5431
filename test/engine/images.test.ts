import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { DockerEngine } from '../../src/engine/docker/docker-engine';
import { applyImages } from '../../src/image/apply-images';
import { desireImages } from '../../src/image/desire-images';
import { findPresent } from '../../src/image/find-present';
import type { ImageSpec } from '../../src/image/image-spec';
import { type ImageStep, planImages } from '../../src/image/plan-images';
import { readContext } from '../../src/image/read-context';
import { busyboxRoot } from './busybox-root';
import { engineSuite } from './engine-suite';
import { findEngine } from './find-engine';

const credentialFor = () => Promise.resolve({ kind: 'anonymous' } as const);

engineSuite('images of a project', () => {
  const namespace = `buildenv-test-${randomUUID().slice(0, 8)}`;
  const upstream = `${namespace}-upstream`;
  const label = `dev.buildenv.project=${namespace}`;
  let engine: DockerEngine;
  let folder: string;

  beforeAll(async () => {
    engine = await findEngine();
    folder = mkdtempSync(join(tmpdir(), 'images-'));
    const passwd = Buffer.from('root:x:0:0::/root:/bin/sh\n');
    await engine.images.importImage(
      { repository: upstream, tag: '1', changes: [`LABEL ${label}`] },
      busyboxRoot([
        { kind: 'folder', path: 'etc', mode: 0o755, uid: 0, gid: 0, mtime: 0 },
        {
          kind: 'buffer',
          path: 'etc/passwd',
          mode: 0o644,
          uid: 0,
          gid: 0,
          mtime: 0,
          content: passwd,
        },
      ]),
    );
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    const images = await engine.images.listImages([label]);
    for (const tag of images.flatMap(({ tags }) => tags)) await engine.images.removeImage(tag);
  });

  function project(dockerfile: string): ImageSpec[] {
    const context = mkdtempSync(join(folder, 'context-'));
    writeFileSync(join(context, 'Dockerfile'), dockerfile);
    return [
      { kind: 'base', name: 'base', from: `${upstream}:1` },
      {
        kind: 'dockerfile',
        name: 'tools',
        dockerfile: join(context, 'Dockerfile'),
        context,
        needs: ['base'],
        args: {},
      },
    ];
  }

  async function plan(specs: readonly ImageSpec[]): Promise<ImageStep[]> {
    const options = { namespace, tag: 'latest', platform: 'linux/amd64' };
    const desired = desireImages(specs, readContext, options);
    return planImages(desired, await findPresent(engine.images, desired), new Set());
  }
  const apply = async (specs: readonly ImageSpec[]) => {
    const { buildkit } = await engine.info();
    const { signal } = new AbortController();
    const options = { project: namespace, noCache: false, buildkit, signal, credentialFor };
    return applyImages(engine.images, await plan(specs), options, () => undefined);
  };
  const actions = async (specs: readonly ImageSpec[]) =>
    (await plan(specs)).map(({ action }) => action);

  test('are made once, found again, and made anew when an input changes', async () => {
    const first = project('ARG BASE\nFROM $BASE\nCOPY Dockerfile /copied\n');
    expect(await actions(first)).toEqual(['obtain', 'build']);
    const ids = await apply(first);
    expect(await actions(first)).toEqual(['none', 'none']);
    const [, tools] = await plan(first);
    const details = await engine.images.inspectImage(`${namespace}/tools:latest`);
    expect(details).toMatchObject({
      id: ids.get('tools'),
      labels: { 'dev.buildenv.name': 'tools', 'dev.buildenv.key': tools?.key },
    });

    const second = project('ARG BASE\nFROM $BASE\nCOPY Dockerfile /other\n');
    expect(await actions(second)).toEqual(['none', 'build']);
    await apply(second);
    expect(await actions(first)).toEqual(['none', 'retag']);
    expect((await apply(first)).get('tools')).toBe(ids.get('tools'));
    expect(await actions(first)).toEqual(['none', 'none']);
  });

  describe('a bootstrap', () => {
    /** Obtains a base with this program as mmdebstrap, in a process that finds it first. */
    async function bootstrapWith(script: string, name: string): Promise<Record<string, unknown>> {
      const bin = join(folder, `bin-${name}`);
      mkdirSync(bin);
      writeFileSync(join(bin, 'mmdebstrap'), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, 'mmdebstrap'), 0o755);
      const bundle = join(folder, 'obtain.cjs');
      if (!existsSync(bundle)) {
        const source = (path: string) => JSON.stringify(join(__dirname, path));
        buildSync({
          stdin: {
            contents: `export * from ${source('find-engine')};
              export * from ${source('../../src/image/obtain-base')};`,
            resolveDir: __dirname,
          },
          bundle: true,
          platform: 'node',
          packages: 'external',
          outfile: bundle,
        });
      }
      const program = `
        const { findEngine, obtainBase } = require(process.argv[1]);
        const [repository, label] = process.argv.slice(2);
        const bootstrap = { distribution: 'debian', suite: 'x', packages: [], mirror: 'http://m' };
        const step = {
          spec: { kind: 'base', name: 'base', bootstrap },
          reference: { repository, tag: 'latest' },
        };
        const labels = Object.fromEntries([label.split('=')]);
        const { signal } = new AbortController();
        const credentialFor = () => Promise.resolve({ kind: 'anonymous' });
        const options = { labels, refresh: false, signal, credentialFor };
        findEngine()
          .then(({ images }) => obtainBase(images, step, options, () => undefined))
          .then((id) => ({ id }), ({ code, message }) => ({ code, message }))
          .then((result) => console.log(JSON.stringify(result)));`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['-e', program, bundle, `${namespace}/${name}`, label],
        {
          env: {
            ...process.env,
            PATH: `${bin}:${process.env['PATH'] ?? ''}`,
            NODE_PATH: join(__dirname, '../../node_modules'),
          },
        },
      );
      return JSON.parse(stdout) as Record<string, unknown>;
    }

    test('that succeeds leaves an image with its labels', async () => {
      const { id } = await bootstrapWith('exec tar -C /bin -c busybox', 'whole');
      expect(await engine.images.inspectImage(`${namespace}/whole:latest`)).toMatchObject({
        id,
        labels: { 'dev.buildenv.project': namespace },
        cmd: ['/bin/sh'],
      });
    });

    test.each([
      ['in the middle', 'half', 'tar -C /bin -c busybox | head -c 300000'],
      ['after a whole archive', 'late', 'tar -C /bin -c busybox'],
    ])('that fails %s leaves no image', async (_name, name, script) => {
      expect(await bootstrapWith(`${script}\necho "E: mirror is down" >&2\nexit 1`, name)).toEqual({
        code: 'host',
        message: 'mmdebstrap failed: mirror is down',
      });
      expect(await engine.images.inspectImage(`${namespace}/${name}:latest`)).toBeUndefined();
    });
  });
});
