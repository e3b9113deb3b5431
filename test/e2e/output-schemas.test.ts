import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { packEntries } from '../../src/archive/pack-entries';
import { allCommands } from '../../src/commands/all-commands';
import { DockerEngine } from '../../src/engine/docker/docker-engine';
import { parseEndpoint } from '../../src/engine/endpoint';
import type { ImageStore } from '../../src/engine/engine';

const CLI = resolve(__dirname, '../../dist/buildenv.cjs');
const SCHEMAS = resolve(__dirname, '../../schema/output');
const BUSYBOX = '/bin/busybox';
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const schemas = new Map(
  readdirSync(SCHEMAS).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as object,
  ]),
);

if (!existsSync(CLI)) throw new Error(`${CLI} is not there; make it: npm run build`);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'be-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs the built tool, with no state but what is in the test's folder. */
function buildenv(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const own = { XDG_STATE_HOME: join(folder, 's'), XDG_CACHE_HOME: join(folder, 'c') };
  const env = { ...process.env, ...own, IMAGE_VERSION: '', BUILDENV_IMAGE_VERSION: '' };
  return spawnSync(process.execPath, [CLI, ...args], { cwd: folder, env, encoding: 'utf8' });
}

/** What a command that succeeds prints with `--json`, once it is found to be as a schema says. */
function output(schema: string, ...args: string[]): unknown {
  const { status, stdout, stderr } = buildenv('--json', ...args);
  expect(status === 0 ? '' : stderr).toBe('');
  return valid(schema, stdout);
}

function valid(schema: string, text: string): unknown {
  const value = JSON.parse(text) as unknown;
  const validate = ajv.compile(schemas.get(schema) ?? false);
  validate(value);
  expect(validate.errors).toBeNull();
  return value;
}

/** Every node of a schema that is an object's. */
function objects(node: unknown): Record<string, unknown>[] {
  if (typeof node !== 'object' || node === null) return [];
  const here = node as Record<string, unknown>;
  return [...(here['type'] === 'object' ? [here] : []), ...Object.values(here).flatMap(objects)];
}

test('every command that answers in JSON has a schema', () => {
  const names = allCommands.flatMap(({ name, takesCommand }) =>
    takesCommand === true || name === 'shell' ? [] : [name.replace(' ', '-')],
  );
  const dryRuns = ['run', 'image-build', 'distro'].map((name) => `${name}-dry-run`);
  expect([...schemas.keys()].sort()).toEqual([...names, ...dryRuns].sort());
});

test.each([...schemas])('%s allows nothing that it does not describe', (_name, schema) => {
  expect(ajv.validateSchema(schema)).toBe(true);
  for (const node of objects(schema)) {
    const { properties, required, additionalProperties } = node;
    if (properties === undefined) expect(additionalProperties).toEqual({ type: 'string' });
    else expect(additionalProperties).toBe(false);
    expect(required ?? []).toEqual(Object.keys(properties ?? {}));
  }
});

test('init', () => {
  const files = ['buildenv.yaml', 'Dockerfiles/buildenv.dockerfile'];
  expect(output('init', 'init', '--dry-run')).toEqual({ written: files });
  expect(output('init', 'init')).toEqual({ written: files });
});

test('doctor, with a remedy for what is wrong', () => {
  writeFileSync(join(folder, 'buildenv.yaml'), 'version: 1\nprojekt: x\n');
  const { status, stdout } = buildenv('doctor', '--json');
  expect(status).toBe(1);
  expect(valid('doctor', stdout)).toContainEqual({
    check: 'config',
    ok: false,
    text: expect.stringContaining('2 problems') as string,
    remedy: expect.stringContaining('project') as string,
  });
});

/** URL of the engine that the tool finds. */
function runningEngine(): string | undefined {
  const { stdout } = spawnSync(process.execPath, [CLI, 'engine', 'status', '--json']);
  return (JSON.parse(stdout.toString()) as { url: string | null }).url ?? undefined;
}

const url = runningEngine();
const required = process.env['REQUIRE_ENGINE'] === '1';
const withEngine = url !== undefined || required ? describe : describe.skip;

withEngine('with an engine', () => {
  const namespace = `buildenv-test-${randomUUID()}`;
  const busybox = `${namespace}/busybox`;
  let images: ImageStore;

  beforeAll(async () => {
    images = new DockerEngine(parseEndpoint(url ?? '')).images;
    const owner = { uid: 0, gid: 0, mtime: 0 };
    const { size } = statSync(BUSYBOX);
    const layer = packEntries([
      { kind: 'folder', path: 'bin', mode: 0o755, ...owner },
      { kind: 'file', path: 'bin/busybox', mode: 0o755, source: BUSYBOX, size, ...owner },
      { kind: 'link', path: 'bin/sh', mode: 0o777, target: 'busybox', ...owner },
    ]);
    await images.importImage({ repository: busybox, tag: '1', changes: [] }, layer);
  });

  beforeEach(() => {
    mkdirSync(join(folder, 'built'));
    writeFileSync(join(folder, 'built/hello'), 'hello', { mode: 0o755 });
    writeFileSync(
      join(folder, 'Dockerfile'),
      'ARG BASE\nFROM ${BASE}\nLABEL made=here\nENV A=b\nENTRYPOINT ["/bin/sh"]\n',
    );
    writeFileSync(
      join(folder, 'buildenv.yaml'),
      `version: 1
project: ${namespace}
images:
  base: { from: '${busybox}:1' }
  tool: { dockerfile: Dockerfile, needs: [base] }
environments:
  default: { image: tool, devices: [{ path: /dev/nothing, required: false }] }
distros:
  hello:
    files: [{ from: built, to: /opt/built }]
    config: { entrypoint: [/opt/built/hello] }
`,
    );
  });

  afterEach(async () => removeImages((tag) => !tag.startsWith(`${busybox}:`)));
  afterAll(async () => removeImages(() => true));

  async function removeImages(chosen: (tag: string) => boolean): Promise<void> {
    const tags = (await images.listImages([])).flatMap((image) => image.tags);
    const ours = tags.filter((tag) => tag.startsWith(`${namespace}/`));
    for (const tag of ours.filter(chosen)) await images.removeImage(tag);
  }

  test('image build, and what it would do', () => {
    const planned = output('image-build-dry-run', 'image', '--dry-run');
    expect(planned).toMatchObject([
      { name: 'base', action: 'obtain', reference: `${namespace}/base:latest` },
      { name: 'tool', action: 'build', reference: `${namespace}/tool:latest` },
    ]);
    expect(output('image-build', 'image', 'build')).toMatchObject(planned as object[]);
    expect(output('image-build', 'image')).toMatchObject([{ action: 'none' }, { action: 'none' }]);
  });

  test('image list, of an image that is there and one that is not', () => {
    output('image-build', 'image', 'build', 'base');
    expect(output('image-list', 'image', 'list')).toMatchObject([
      { name: 'base', action: 'none', size: expect.any(Number) as number },
      { name: 'tool', action: 'build', id: null, size: null },
    ]);
  });

  test('image inspect', () => {
    output('image-build', 'image');
    expect(output('image-inspect', 'image', 'inspect', 'tool')).toMatchObject([
      { name: 'tool', labels: { made: 'here' }, entrypoint: ['/bin/sh'] },
    ]);
  });

  test('image remove, and what it would do', () => {
    expect(output('image-remove', 'image', 'remove', 'base')).toEqual({ removed: [] });
    output('image-build', 'image', 'build', 'base');
    const planned = output('image-remove', 'image', 'remove', 'base', '--dry-run');
    expect(planned).toEqual({
      removed: expect.arrayContaining([`${namespace}/base:latest`]) as string[],
    });
    expect(output('image-remove', 'image', 'remove', 'base')).toEqual(planned);
    expect(output('image-list', 'image', 'list', 'base')).toMatchObject([{ id: null }]);
  });

  test('what run and shell would do', () => {
    output('image-build', 'image');
    const { argv } = output('run-dry-run', '--dry-run', 'run', 'cc', '--json') as {
      argv: string[];
    };
    expect([argv[0], ...argv.slice(-2)]).toEqual(['docker', 'cc', '--json']);
    output('run-dry-run', '--dry-run', 'shell');
  });

  test('distro, and what it would do', () => {
    expect(output('distro-dry-run', 'distro', '--dry-run')).toMatchObject([
      {
        name: 'hello',
        entries: [
          { kind: 'folder', mode: '0755', path: '/opt' },
          { kind: 'folder', mode: '0755', path: '/opt/built' },
          { kind: 'file', mode: '0755', path: '/opt/built/hello' },
        ],
        bytes: 5,
      },
    ]);
    const reference = `${namespace}/hello:local`;
    expect(output('distro', 'distro', 'hello')).toMatchObject([{ name: 'hello', reference }]);
  });

  test('doctor', () => {
    const { stdout } = buildenv('doctor', '--json');
    expect(valid('doctor', stdout)).toContainEqual(
      expect.objectContaining({ check: 'engine', ok: true, remedy: null }),
    );
  });

  test('engine start and stop, where one answers and none of ours runs', () => {
    expect(output('engine-start', 'engine', 'start')).toMatchObject({ started: false, url });
    expect(output('engine-status', 'engine', 'status')).toMatchObject({ url });
    expect(output('engine-stop', 'engine', 'stop')).toEqual({ stopped: false });
  });
});

const canStart = process.getuid?.() === 0 && existsSync('/usr/sbin/dockerd');
const withOwnEngine = canStart || required ? test : test.skip;

withOwnEngine('engine start, status and stop, of an engine of our own', () => {
  const none = `--engine=unix://${folder}/none.sock`;
  const { pid } = output('engine-start', 'engine', 'start', none) as { pid: number };
  try {
    const status = buildenv('engine', 'status', none, '--json');
    expect(status.status).toBe(1);
    const state = { url: null, own: { running: true, pid } };
    expect(valid('engine-status', status.stdout)).toMatchObject(state);
  } finally {
    expect(output('engine-stop', 'engine', 'stop')).toEqual({ stopped: true });
  }
});
