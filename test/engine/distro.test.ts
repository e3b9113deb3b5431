import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough, type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { applyDistro } from '../../src/distro/apply-distro';
import type { DistroSpec } from '../../src/distro/distro-spec';
import { LayerMemory } from '../../src/distro/layer-memory';
import { type DistroPlan, planDistro } from '../../src/distro/plan-distro';
import { splitLayers } from '../../src/distro/split-layers';
import { selectFiles } from '../../src/distro/select-files';
import { discoverEngine } from '../../src/engine/discovery/discover-engine';
import { DockerEngine } from '../../src/engine/docker/docker-engine';
import type { Engine, ImageStore } from '../../src/engine/engine';
import { InterruptedError } from '../../src/errors/interrupted-error';
import type { ImageConfig } from '../../src/oci/image-config';

const SOURCES = resolve(__dirname, '../../src');
const TIME = 1_600_000_000;
const emptyConfig = { env: {}, labels: {}, exposedPorts: [], volumes: [] };
const namespace = `buildenv-test-${randomUUID()}`;

let url: string;
let engine: Engine;
let images: ImageStore;
let folder: string;
beforeAll(async () => {
  const uid = process.getuid?.() ?? 0;
  const endpoint = await discoverEngine({ env: process.env, homedir: homedir(), uid });
  url = endpoint.url;
  engine = new DockerEngine(endpoint);
  ({ images } = engine);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'distro-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  for (const { id } of await ourImages()) docker('rmi', '--force', id);
});

/** No interruption. */
const calm = new AbortController().signal;

const ourImages = () => images.listImages([`dev.buildenv.project=${namespace}`]);
const at = (name: string) => join(folder, name);

function docker(...args: string[]): string {
  return execFileSync('docker', ['--host', url, ...args], { encoding: 'utf8' }).trim();
}

/** The engine, with some of its methods replaced. */
function withImages(methods: Partial<ImageStore>): Engine {
  const changed = Object.assign(Object.create(images) as ImageStore, methods);
  return Object.assign(Object.create(engine) as Engine, { images: changed });
}

/** Knows nothing of what was assembled before. */
const forgetful = () => new LayerMemory(at(randomUUID()), folder, 'km');

const assemble = (planned: DistroPlan, signal = calm) =>
  applyDistro(planned, [], { engine, memory: forgetful(), signal });

async function plan(from: string, config: Partial<ImageConfig> = {}) {
  const files = [{ from, to: '/opt', uid: 0, gid: 0 }];
  const spec: DistroSpec = { name: 'km', files, config: { ...emptyConfig, ...config } };
  const context = {
    project: namespace,
    namespace,
    tag: 'main',
    times: { image: TIME, files: TIME },
    platform: 'linux/amd64',
    revision: undefined,
  };
  return planDistro(spec, await selectFiles(spec.files), context);
}

/** What `tar` lists of a container made from the image, below `/opt`. */
function listContent(reference: string): string[] {
  const container = docker('create', reference, '/opt/km');
  try {
    const script = 'docker --host "$0" export "$1" | tar tv --numeric-owner --full-time';
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
    const listing = execFileSync('sh', ['-c', script, url, container], { env, encoding: 'utf8' });
    return listing
      .split('\n')
      .filter((line) => line.includes(' opt/'))
      .map((line) => line.replace(/ +/g, ' '));
  } finally {
    docker('rm', container);
  }
}

test('the image has the files, their modes and links, and nothing of the host', async () => {
  const longName = `${'d'.repeat(200)}/${'ü'.repeat(120)}`;
  mkdirSync(at(`tree/${'d'.repeat(200)}`), { recursive: true });
  writeFileSync(at(`tree/${longName}`), 'long');
  writeFileSync(at('tree/km'), 'elf', { mode: 0o700 });
  writeFileSync(at('tree/text'), 'hello', { mode: 0o600 });
  symlinkSync('km', at('tree/link'));

  const distro = await assemble(await plan(at('tree'), { entrypoint: ['/opt/km'] }));

  expect(distro.reference).toBe(`${namespace}/km:main`);
  expect(listContent(distro.reference)).toEqual([
    'drwxr-xr-x 0/0 0 2020-09-13 12:26:40 opt/',
    `drwxr-xr-x 0/0 0 2020-09-13 12:26:40 opt/${'d'.repeat(200)}/`,
    `-rw-r--r-- 0/0 4 2020-09-13 12:26:40 opt/${longName}`,
    '-rwxr-xr-x 0/0 3 2020-09-13 12:26:40 opt/km',
    'lrwxrwxrwx 0/0 0 2020-09-13 12:26:40 opt/link -> km',
    '-rw-r--r-- 0/0 5 2020-09-13 12:26:40 opt/text',
  ]);
});

test('equal files give the same image, whatever their order, owner, times and umask', async () => {
  const names = ['a', 'b', 'sub/c', 'sub/d', 'é', 'Z'];
  const make = (tree: string, order: string[]) => {
    mkdirSync(at(`${tree}/sub`), { recursive: true });
    for (const name of order) writeFileSync(at(`${tree}/${name}`), `content of ${name}`);
    return at(tree);
  };
  const first = make('first', names);
  const second = make('second', names.toReversed());
  names.forEach((name, index) => {
    const path = join(second, name);
    chmodSync(path, 0o600);
    utimesSync(path, index, index);
    if (process.getuid?.() === 0) chownSync(path, 12345, 12345);
  });
  chmodSync(join(second, 'sub'), 0o700);

  const { id, layers } = await assemble(await plan(first));
  expect(id).toMatch(/^sha256:[0-9a-f]{64}$/);
  docker('rmi', id);
  const again = await assemble(await plan(second));
  expect(again.id).toBe(id);
  expect(again.layers[0]?.digest).toBe(layers[0]?.digest);

  writeFileSync(join(second, 'a'), 'CONTENT of a');
  const changed = await assemble(await plan(second));
  expect(changed.layers[0]?.digest).not.toBe(layers[0]?.digest);
});

test('the configuration arrives as it is written', async () => {
  writeFileSync(at('km'), '');
  const awkward = String.raw`a "b" 'c' $HOME \ \" ${'$'}{X:-y} # é \n`;
  const config = {
    entrypoint: ['/opt/km', awkward, 'two\nlines'],
    cmd: ['--flag', ''],
    env: { PATH: '/bin', AWKWARD: awkward, EMPTY: '', 'WITH.DOT': 'x', END: 'backslash\\' },
    workingDir: '/work dir/$x',
    user: '7:8',
    labels: { 'com.example/awkward': awkward, plain: 'a b' },
    exposedPorts: ['8080/tcp', '53/udp'],
    volumes: ['/data', '/my "data" $x'],
    stopSignal: 'SIGINT',
  };
  const { id } = await assemble(await plan(at('km'), config));

  expect(await ourImages()).toMatchObject([{ id, tags: [`${namespace}/km:main`] }]);
  expect(JSON.parse(docker('inspect', '--format', '{{json .Config}}', id))).toMatchObject({
    Entrypoint: config.entrypoint,
    Cmd: config.cmd,
    Env: Object.entries(config.env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: config.workingDir,
    User: '7:8',
    Labels: {
      ...config.labels,
      'dev.buildenv.project': namespace,
      'dev.buildenv.kind': 'distro',
    },
    ExposedPorts: { '8080/tcp': {}, '53/udp': {} },
    Volumes: { '/data': {}, '/my "data" $x': {} },
    StopSignal: 'SIGINT',
  });
});

describe('no image is left', () => {
  beforeEach(() => {
    mkdirSync(at('tree'));
    for (const name of ['a', 'b', 'c']) writeFileSync(at(`tree/${name}`), Buffer.alloc(10_000_000));
  });

  test('when a file vanishes while the others are streamed', async () => {
    const planned = await plan(at('tree'));
    rmSync(at('tree/c'));
    await expect(assemble(planned)).rejects.toMatchObject({
      code: 'not-found',
      message: `${at('tree/c')} vanished before it was packed`,
    });
    expect(await ourImages()).toEqual([]);
  });

  test('when it is aborted in the middle, and the tag stays where it was', async () => {
    writeFileSync(at('km'), 'before');
    const before = await assemble(await plan(at('km')));

    const controller = new AbortController();
    const importImage: ImageStore['importImage'] = (request, layer) => {
      layer.once('pause', () => controller.abort(new InterruptedError('SIGINT')));
      return images.importImage(request, layer);
    };
    const applying = applyDistro(await plan(at('tree')), [], {
      engine: withImages({ importImage }),
      memory: forgetful(),
      signal: controller.signal,
    });
    await expect(applying).rejects.toMatchObject({ code: 'interrupted' });
    expect(await ourImages()).toMatchObject([{ id: before.id, tags: [before.reference] }]);
  });

  test('when it is aborted before it begins', async () => {
    const applying = assemble(
      await plan(at('tree')),
      AbortSignal.abort(new InterruptedError('SIGINT')),
    );
    await expect(applying).rejects.toMatchObject({ code: 'interrupted' });
    expect(await ourImages()).toEqual([]);
  });

  test('when it is aborted between the layer and the configuration', async () => {
    const controller = new AbortController();
    const loadImage: ImageStore['loadImage'] = (archive) => {
      controller.abort(new InterruptedError('SIGINT'));
      return images.loadImage(archive);
    };
    const applying = applyDistro(await plan(at('tree')), [], {
      engine: withImages({ loadImage }),
      memory: forgetful(),
      signal: controller.signal,
    });
    await expect(applying).rejects.toMatchObject({ code: 'interrupted' });
    expect(await ourImages()).toEqual([]);
  });
});

describe('what is assembled again', () => {
  let memory: LayerMemory;
  beforeEach(() => {
    memory = new LayerMemory(at('cache'), folder, 'km');
    mkdirSync(at('tree'));
    for (const name of ['a', 'b', 'c', 'd']) {
      writeFileSync(at(`tree/${name}`), name.repeat(1000));
    }
  });

  /** Each file is a layer. */
  async function planOfLayers(): Promise<DistroPlan> {
    const planned = await plan(at('tree'));
    const limits = { small: 0, enough: 2000, most: 1500 };
    return { ...planned, layers: splitLayers(planned.entries, limits) };
  }

  /** Paths that were packed into layers, in the order of their sending. */
  async function assembleAgain() {
    const sent: string[] = [];
    const note = async (archive: Readable) => {
      const list = spawn('tar', ['t'], { stdio: ['pipe', 'pipe', 'ignore'] });
      archive.pipe(list.stdin);
      sent.push(await text(list.stdout));
    };
    const importImage: ImageStore['importImage'] = async (request, layer) => {
      const noted = note(layer.pipe(new PassThrough()));
      const id = await images.importImage(request, layer);
      await noted;
      return id;
    };
    const loadImage: ImageStore['loadImage'] = async (archive) => {
      const noted = note(archive.pipe(new PassThrough()));
      await images.loadImage(archive);
      await noted;
    };
    const changedEngine = withImages({ importImage, loadImage });
    const tools = { engine: changedEngine, memory, signal: calm };
    const made = await applyDistro(await planOfLayers(), [], tools);
    return { ...made, sent: sent.flatMap((list) => list.trim().split('\n')) };
  }

  /** Until a change of the files would show in their times. */
  const settle = () => setTimeout(50);

  test('nothing, where no file was touched, and under another tag its name alone', async () => {
    await settle();
    const first = await assembleAgain();
    expect(first.changed).toBe(true);
    expect(await assembleAgain()).toMatchObject({ id: first.id, changed: false, sent: [] });

    docker('tag', first.reference, `${namespace}/other:main`);
    docker('rmi', first.reference);
    expect(await assembleAgain()).toMatchObject({ id: first.id, changed: false, sent: [] });
    docker('rmi', `${namespace}/other:main`);
  });

  test('the configuration, where the image is gone and its layers are not', async () => {
    await settle();
    const first = await assembleAgain();
    const other = await plan(at('tree'), { cmd: ['other'] });
    await applyDistro({ ...other, repository: `${namespace}/other` }, [], {
      engine,
      memory: new LayerMemory(at('cache'), folder, 'other'),
      signal: calm,
    });
    docker('rmi', first.reference);
    const again = await assembleAgain();
    expect(again).toMatchObject({ id: first.id, changed: true });
  });

  test('the layer with the file that changed, and those above it', async () => {
    await settle();
    const first = await assembleAgain();
    expect(first.layers.map(({ entries }) => entries.map(({ path }) => path))).toEqual([
      ['opt', 'opt/a'],
      ['opt', 'opt/b'],
      ['opt', 'opt/c'],
      ['opt', 'opt/d'],
    ]);
    appendFileSync(at('tree/c'), 'x');
    const second = await assembleAgain();
    expect(second.sent.filter((path) => path.startsWith('layer-'))).toEqual([
      'layer-2.tar',
      'layer-3.tar',
    ]);
    const digests = ({ layers }: typeof first) => layers.map(({ digest }) => digest);
    expect(digests(second).slice(0, 2)).toEqual(digests(first).slice(0, 2));
    expect(digests(second)[3]).toBe(digests(first)[3]);
    expect(second.id).not.toBe(first.id);
    expect((await assemble(await planOfLayers())).id).toBe(second.id);
  });
});

test('a file of 3 GB streams through less than 150 MB of memory', async () => {
  writeFileSync(at('big'), '');
  truncateSync(at('big'), 3 * 1024 ** 3);
  const program = `
    import { readFileSync } from 'node:fs';
    import { applyDistro } from './distro/apply-distro';
    import { LayerMemory } from './distro/layer-memory';
    import { DockerEngine } from './engine/docker/docker-engine';
    import { parseEndpoint } from './engine/endpoint';
    const engine = new DockerEngine(parseEndpoint(process.argv[2]));
    const { signal } = new AbortController();
    const memory = new LayerMemory(process.argv[4], '/', 'km');
    applyDistro(JSON.parse(readFileSync(process.argv[3])), [], { engine, memory, signal }).then(({ size }) => {
      const peak = /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
      console.log(JSON.stringify({ size, peak: Number(peak) * 1024 }));
    });`;
  const esbuild = resolve(SOURCES, '../node_modules/.bin/esbuild');
  const options = ['--bundle', '--platform=node', '--external:dockerode', '--log-level=error'];
  const bundle = execFileSync(esbuild, options, { input: program, cwd: SOURCES });
  writeFileSync(at('program.cjs'), bundle);
  writeFileSync(at('plan.json'), JSON.stringify(await plan(at('big'))));

  const args = [at('program.cjs'), url, at('plan.json'), at('cache')];
  const { size, peak } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as {
    size: number;
    peak: number;
  };
  expect(size).toBeGreaterThanOrEqual(3 * 1024 ** 3);
  expect(peak).toBeLessThan(150e6);
}, 300_000);
