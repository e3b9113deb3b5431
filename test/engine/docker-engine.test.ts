import { randomUUID } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { packEntries } from '../../src/archive/pack-entries';
import { readEntries } from '../../src/archive/read-entries';
import type { DockerEngine } from '../../src/engine/docker/docker-engine';
import type { BuildRequest, ContainerSpec, EngineEvent } from '../../src/engine/engine';
import { BuildFailedError } from '../../src/errors/build-failed-error';
import { BuildenvError } from '../../src/errors/buildenv-error';
import { idleContainer } from '../../src/image/idle-container';
import { busyboxRoot } from './busybox-root';
import { engineSuite } from './engine-suite';
import { findEngine } from './find-engine';

const metadata = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
const ignore = () => undefined;
const OWNER = { project: 'engine-test', owner: `test:${process.pid}` };

engineSuite('the engine', () => {
  const id = randomUUID().slice(0, 8);
  const repository = `buildenv-test-${id}`;
  const base = `${repository}:base`;
  const label = `dev.buildenv.test=${id}`;
  let engine: DockerEngine;

  beforeAll(async () => {
    engine = await findEngine();
    const changes = [`LABEL ${label}`];
    await engine.images.importImage({ repository, tag: 'base', changes }, busyboxRoot());
  });
  afterAll(async () => {
    const images = await engine.images.listImages([label]);
    // Of a build that failed, the classic builder keeps the steps before as images without a tag.
    const names = images.flatMap(({ id: image, tags }) => (tags.length > 0 ? tags : [image]));
    for (const name of names) await engine.images.removeImage(name);
    expect(await engine.images.listImages([label])).toEqual([]);
  });

  const tagsOf = async () =>
    (await engine.images.listImages([label])).flatMap(({ tags }) => tags).sort();

  /** Builds from a Dockerfile on the base, with one file in the context. */
  async function build(
    instructions: string,
    changes: Partial<BuildRequest>,
  ): Promise<{ id: string; events: EngineEvent[] }> {
    const events: EngineEvent[] = [];
    const context = packEntries(
      Object.entries({
        Dockerfile: `FROM ${base} AS first\n${instructions}`,
        'file.txt': 'from the context\n',
      }).map(([path, text]) => {
        return { ...metadata, kind: 'buffer', path, content: Buffer.from(text) } as const;
      }),
    );
    const request = requestFor(changes);
    return { id: await engine.images.buildImage(request, context, (e) => events.push(e)), events };
  }

  function requestFor(changes: Partial<BuildRequest>): BuildRequest {
    return {
      tags: [`${repository}:built-${randomUUID().slice(0, 8)}`],
      dockerfile: 'Dockerfile',
      args: {},
      labels: { 'dev.buildenv.test': id },
      noCache: false,
      buildkit: true,
      network: 'host',
      ...changes,
    };
  }

  async function filesOf(image: string, paths: readonly string[]): Promise<Record<string, string>> {
    const container = await engine.containers.createContainer(idleContainer(image, OWNER));
    try {
      const files: Record<string, string> = {};
      for (const path of paths) {
        const archive = await engine.containers.readArchive(container, path);
        if (archive === undefined) continue;
        const [content] = (await readEntries(archive, () => true, 1e6)).values();
        files[path] = content?.toString() ?? '';
      }
      return files;
    } finally {
      await engine.containers.removeContainer(container);
    }
  }

  test('says what it is', async () => {
    const info = await engine.info();
    expect(info).toMatchObject({
      url: expect.stringMatching(/^(unix|tcp|https?):/) as string,
      product: expect.stringMatching(/^(Docker|Podman)$/) as string,
      version: expect.stringMatching(/^\d+\./) as string,
      dataRoot: expect.stringMatching(/^\//) as string,
    });
  });

  describe('an import', () => {
    test('makes an image of one layer with the configuration that was asked for', async () => {
      const changes = [
        `LABEL ${label}`,
        'ENTRYPOINT ["/bin/sh"]',
        'ENV A=1',
        'USER 7:8',
        'WORKDIR /w',
      ];
      const image = await engine.images.importImage(
        { repository, tag: 'config', changes },
        busyboxRoot(),
      );
      expect(await engine.images.inspectImage(`${repository}:config`)).toMatchObject({
        id: image,
        tags: [`${repository}:config`],
        labels: { 'dev.buildenv.test': id },
        layers: [expect.stringMatching(/^sha256:/)],
        entrypoint: ['/bin/sh'],
        env: expect.arrayContaining(['A=1']) as string[],
        user: '7:8',
        workingDir: '/w',
      });
    });

    test.each([
      ['in the middle', 300_000],
      ['after the last byte of a whole archive', Infinity],
    ])('whose stream fails %s throws that error and leaves no image', async (_name, count) => {
      const before = await tagsOf();
      const whole = await buffer(busyboxRoot());
      const layer = new PassThrough();
      const failure = new BuildenvError('host', 'the program that makes it failed');
      layer.write(whole.subarray(0, count), () => setImmediate(() => layer.destroy(failure)));
      const request = { repository, tag: 'half', changes: [`LABEL ${label}`] };
      await expect(engine.images.importImage(request, layer)).rejects.toBe(failure);
      expect(await engine.images.inspectImage(`${repository}:half`)).toBeUndefined();
      expect(await tagsOf()).toEqual(before);
    });

    test("of what is no archive throws the engine's words", async () => {
      const layer = new PassThrough();
      layer.end(Buffer.alloc(2048, 'no tar'));
      await expect(
        engine.images.importImage({ repository, tag: 'bad', changes: [] }, layer),
      ).rejects.toMatchObject({
        code: 'engine-failed',
        message: expect.stringContaining(`Cannot import the image ${repository}:bad: `) as string,
      });
    });
  });

  test('images can be tagged, found by label and removed; a missing one is not found', async () => {
    await engine.images.tagImage(base, repository, 'another');
    expect(await tagsOf()).toEqual(expect.arrayContaining([base, `${repository}:another`]));
    await engine.images.removeImage(`${repository}:another`);
    expect(await tagsOf()).not.toContain(`${repository}:another`);
    expect(await engine.images.inspectImage(`${repository}:another`)).toBeUndefined();
    await expect(engine.images.removeImage(`${repository}:another`)).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  test('a pull that fails throws the reason', async () => {
    await expect(
      engine.images.pullImage(
        {
          reference: 'registry.invalid/buildenv-test:1',
          credential: { kind: 'anonymous' },
          signal: new AbortController().signal,
        },
        ignore,
      ),
    ).rejects.toMatchObject({
      code: 'engine-failed',
      message: expect.stringContaining('Cannot pull registry.invalid/buildenv-test:1: ') as string,
    });
  });

  const builders = [
    ['BuildKit', true],
    ['the classic builder', false],
  ] as const;

  test('BuildKit and the classic builder make the same files', async () => {
    const instructions = `ARG GREETING\nCOPY file.txt /copied\nRUN echo "$GREETING" > /made; cat /copied`;
    const paths = ['/copied', '/made'];
    const results = [];
    for (const [, buildkit] of builders) {
      const built = await build(instructions, {
        buildkit,
        noCache: true,
        args: { GREETING: 'grüße' },
      });
      const log = built.events.flatMap((event) => (event.kind === 'log' ? [event.text] : []));
      const steps = built.events.flatMap((event) => (event.kind === 'step' ? [event.name] : []));
      expect(steps).toContainEqual(expect.stringMatching(/^RUN echo ".+" > .made; cat .copied$/));
      expect(log.join('')).toContain('from the context\n');
      results.push(await filesOf(built.id, paths));
    }
    expect(results[0]).toEqual({ '/copied': 'from the context\n', '/made': 'grüße\n' });
    expect(results[1]).toEqual(results[0]);
  });

  describe.each(builders)('%s', (_name, buildkit) => {
    test('names the step that fails, with its output, and leaves no image', async () => {
      const tag = `${repository}:failed-${String(buildkit)}`;
      const failing = build('RUN echo first\nRUN echo it breaks; exit 3\nRUN echo never\n', {
        buildkit,
        tags: [tag],
      });
      const error = await failing.catch((failure: unknown) => failure);
      expect(error).toBeInstanceOf(BuildFailedError);
      expect(error).toMatchObject({ step: 'RUN echo it breaks; exit 3', log: 'it breaks\n' });
      expect((error as Error).message).toContain('3');
      expect(await engine.images.inspectImage(tag)).toBeUndefined();
    });

    test('names the base that cannot be pulled', async () => {
      const context = packEntries([
        {
          ...metadata,
          kind: 'buffer',
          path: 'Dockerfile',
          content: Buffer.from('FROM registry.invalid/absent:1\nRUN true\n'),
        },
      ]);
      await expect(
        engine.images.buildImage(requestFor({ buildkit }), context, ignore),
      ).rejects.toMatchObject({
        code: 'build-failed',
        step: expect.stringContaining('registry.invalid/absent:1') as string,
      });
    });

    test('says where a Dockerfile is wrong', async () => {
      await expect(build('RUNN true\n', { buildkit })).rejects.toMatchObject({
        code: 'engine-failed',
        message: expect.stringMatching(
          /^Cannot build \S+: [^(]*dockerfile parse error.*unknown instruction: RUNN$/,
        ) as string,
      });
    });

    test('stops at the target', async () => {
      const instructions = `RUN echo 1 > /stage\nFROM ${base}\nRUN false\n`;
      const { id: image } = await build(instructions, { buildkit, target: 'first' });
      expect(await filesOf(image, ['/stage'])).toEqual({ '/stage': '1\n' });
    });

    test("throws the context's own error when a file of it vanishes", async () => {
      const context = packEntries([
        {
          ...metadata,
          kind: 'buffer',
          path: 'Dockerfile',
          content: Buffer.from(`FROM ${base}\n`),
        },
        { ...metadata, kind: 'file', path: 'gone', source: '/nonexistent/gone', size: 3 },
      ]);
      await expect(
        engine.images.buildImage(requestFor({ buildkit }), context, ignore),
      ).rejects.toMatchObject({
        code: 'not-found',
        message: '/nonexistent/gone vanished before it was packed',
      });
    });
  });

  describe('a container', () => {
    const spec = (changes: Partial<ContainerSpec>): ContainerSpec => ({
      ...idleContainer(base, OWNER),
      ...changes,
    });

    async function run(changes: Partial<ContainerSpec>, input = '') {
      const { containers } = engine;
      const container = await containers.createContainer(spec(changes));
      const attachment = await containers.attachContainer(container);
      const exit = await containers.waitContainer(container);
      const read = Promise.all([buffer(attachment), buffer(attachment.errors)]);
      await containers.startContainer(container);
      attachment.end(input);
      const [out, err] = await read;
      return { status: await exit.status(), stdout: out.toString(), stderr: err.toString() };
    }

    test('passes input, both outputs and the exit status', async () => {
      const command = ['sh', '-c', 'cat; echo error >&2; exit 37'];
      expect(await run({ command }, 'input')).toEqual({
        status: 37,
        stdout: 'input',
        stderr: 'error\n',
      });
    });

    test('has ids, variables, working directory and a tmpfs as asked', async () => {
      const command = ['sh', '-c', 'id -u; id -g; echo "$A $PWD"; touch /t/x && stat -c %u /t/x'];
      const options = 'uid=12345,gid=54321,mode=0755';
      const mounts = [{ type: 'tmpfs', source: '', target: '/t', options }] as const;
      expect(
        await run({ command, user: '12345:54321', env: ['A=1 2'], workingDir: '/bin', mounts }),
      ).toMatchObject({ status: 0, stdout: '12345\n54321\n1 2 /bin\n12345\n', stderr: '' });
    });

    test.each([
      ['no-such', 127],
      ['/bin', 126],
    ])('with the command %s ends with status %d and a word why', async (command, status) => {
      const result = await run({ command: [command] });
      expect(result).toMatchObject({ status, stdout: '' });
      expect(result.stderr).toContain(command);
    });

    test('of an image that is not there is not found', async () => {
      await expect(
        engine.containers.createContainer(spec({ image: `${repository}:absent` })),
      ).rejects.toMatchObject({ code: 'not-found' });
    });

    test('that is gone is removed already; a path that is not there is no archive', async () => {
      const container = await engine.containers.createContainer(spec({}));
      expect(await engine.containers.readArchive(container, '/absent')).toBeUndefined();
      await engine.containers.removeContainer(container);
      await expect(engine.containers.removeContainer(container)).resolves.toBeUndefined();
    });
  });

  test('a volume has its labels until it is removed', async () => {
    const volume = `buildenv-test-${id}`;
    expect(await engine.volumes.inspectVolume(volume)).toBeUndefined();
    await engine.volumes.createVolume(volume, { 'dev.buildenv.test': id });
    expect(await engine.volumes.inspectVolume(volume)).toEqual({ 'dev.buildenv.test': id });
    await engine.volumes.removeVolume(volume);
    expect(await engine.volumes.inspectVolume(volume)).toBeUndefined();
  });
});
