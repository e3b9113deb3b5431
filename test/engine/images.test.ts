import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { buildSync } from 'esbuild';
import type { DockerEngine } from '../../src/engine/docker/docker-engine';
import { applyImages } from '../../src/image/apply-images';
import { desireImages } from '../../src/image/desire-images';
import { findPresent } from '../../src/image/find-present';
import type { ImageSpec } from '../../src/image/image-spec';
import { type ImageStep, planImages } from '../../src/image/plan-images';
import { readContext } from '../../src/image/read-context';
import { accountFiles } from '../../src/run/account-files';
import { cacheVolume } from '../../src/run/cache-volume';
import type { Caller } from '../../src/run/caller';
import { ensureCaches } from '../../src/run/ensure-caches';
import { idleContainer } from '../../src/image/idle-container';
import { busyboxRoot } from './busybox-root';
import { engineSuite } from './engine-suite';
import { findEngine } from './find-engine';

const caller: Caller = { uid: 12345, gid: 54321, groups: [], name: 'tester', home: '/home/tester' };

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
    const options = { project: namespace, noCache: false, buildkit, signal };
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
        const options = { labels, refresh: false, signal: new AbortController().signal };
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

  describe('account files', () => {
    test("are the image's own with the caller first, made once for both", async () => {
      const cache = join(folder, 'cache');
      const image = `${upstream}:1`;
      const [files, again] = await Promise.all(
        [1, 2].map(() => accountFiles(engine.containers, image, caller, cache)),
      );
      expect(again).toEqual(files);
      expect(readFileSync(files?.['/etc/passwd'] ?? '', 'utf8')).toBe(
        'tester:x:12345:54321::/home/tester:/bin/sh\nroot:x:0:0::/root:/bin/sh\n',
      );
      expect(readFileSync(files?.['/etc/group'] ?? '', 'utf8')).toBe('tester:x:54321:\n');
      expect(readdirSync(join(cache, 'accounts'))).toHaveLength(1);
    });

    test('are not needed by root', async () => {
      const cache = join(folder, 'unused');
      const root = { ...caller, uid: 0 };
      expect(await accountFiles(engine.containers, `${upstream}:1`, root, cache)).toEqual({});
      expect(existsSync(cache)).toBe(false);
    });

    test('in a cache folder that cannot be made are an error that names it', async () => {
      const cache = join(folder, 'file');
      writeFileSync(cache, '');
      await expect(
        accountFiles(engine.containers, `${upstream}:1`, caller, cache),
      ).rejects.toMatchObject({
        code: 'host',
        message: expect.stringContaining(`${cache}/accounts`) as string,
        hint: expect.stringContaining('XDG_CACHE_HOME') as string,
      });
    });
  });

  test('a cache volume belongs to the caller, and keeps what is in it', async () => {
    const image = `${upstream}:1`;
    const volume = cacheVolume(namespace, 'ccache', caller.uid);
    async function run(script: string): Promise<string> {
      const { containers } = engine;
      const mount = { type: 'volume', source: volume, target: '/c' } as const;
      const user = `${caller.uid}:${caller.gid}`;
      const command = ['sh', '-c', script];
      const id = await containers.createContainer({
        ...idleContainer(image, [mount]),
        user,
        command,
      });
      const attachment = await containers.attachContainer(id, false);
      const exit = await containers.waitContainer(id);
      const output = new PassThrough();
      const read = text(output);
      const copied = attachment.pipeOutput(output, output);
      await containers.startContainer(id);
      attachment.stdin.end();
      await copied;
      output.end();
      await exit.status();
      return read;
    }
    try {
      await ensureCaches(engine, namespace, ['ccache'], caller, image);
      expect(await run('stat -c %u:%g:%a /c; echo kept > /c/file')).toBe('12345:54321:755\n');
      await ensureCaches(engine, namespace, ['ccache'], caller, image);
      expect(await run('cat /c/file')).toBe('kept\n');
      expect(await engine.volumes.inspectVolume(volume)).toEqual({
        'dev.buildenv.project': namespace,
        'dev.buildenv.kind': 'cache',
        'dev.buildenv.name': 'ccache',
      });
    } finally {
      await engine.volumes.removeVolume(volume);
    }
  });

  test('a cache volume that cannot be given to the caller is not left behind', async () => {
    const volume = cacheVolume(namespace, 'failed', caller.uid);
    const image = `${namespace}-absent:1`;
    await expect(ensureCaches(engine, namespace, ['failed'], caller, image)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await engine.volumes.inspectVolume(volume)).toBeUndefined();
  });
});
