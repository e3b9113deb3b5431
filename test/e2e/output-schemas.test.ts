import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Ajv } from 'ajv';
import { commandTable } from '../../src/commands/command-table';
import { buildenv, type CliResult } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, engineUrl } from '../support/engine';
import { TestProject } from '../support/test-project';

const SCHEMAS = resolve(__dirname, '../../schema/output');
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true });
const schemas = new Map(
  readdirSync(SCHEMAS).map((file) => [
    file.replace(/\.json$/, ''),
    JSON.parse(readFileSync(join(SCHEMAS, file), 'utf8')) as object,
  ]),
);

const SECTIONS = `images:
  base: { from: '${BUSYBOX_IMAGE}' }
  tool: { dockerfile: Dockerfile, needs: [base] }
environments:
  default: { image: tool, devices: [{ path: /dev/nothing, required: false }] }
distros:
  hello:
    files: [{ from: built, to: /opt/built, mode: '0755' }]
    config: { entrypoint: [/opt/built/hello] }
ci: { run: [make] }
`;
const FILES = {
  Dockerfile: 'ARG BASE\nFROM ${BASE}\nLABEL made=here\nENV A=b\nENTRYPOINT ["/bin/sh"]\n',
  'built/hello': 'hello',
};

let project: TestProject;

/** Runs the tool with no state and no variables but the test's own, and with the same engine. */
function json(...args: readonly string[]): Promise<CliResult> {
  const env = {
    DOCKER_HOST: engineUrl,
    XDG_STATE_HOME: project.path('state'),
    IMAGE_VERSION: '',
    BUILDENV_IMAGE_VERSION: '',
  };
  return buildenv(['--json', ...args], { cwd: project.root, env });
}

/** What a command that succeeds prints, once it is found to be as a schema says. */
async function output(schema: string, ...args: readonly string[]): Promise<unknown> {
  const { status, stdout, stderr } = await json(...args);
  expect(status === 0 ? '' : stderr).toBe('');
  return valid(schema, stdout);
}

function valid(schema: string, text: Buffer): unknown {
  const value = JSON.parse(text.toString()) as unknown;
  const validate = ajv.compile(schemas.get(schema) ?? false);
  validate(value);
  expect(validate.errors).toBeNull();
  return value;
}

/** Every node of a schema that describes an object. */
function objectsIn(node: unknown): Record<string, unknown>[] {
  if (typeof node !== 'object' || node === null) return [];
  const here = node as Record<string, unknown>;
  return [...(here['type'] === 'object' ? [here] : []), ...Object.values(here).flatMap(objectsIn)];
}

test('every command that answers in JSON has a schema', () => {
  const names = commandTable
    .map(({ name }) => name.replace(' ', '-'))
    .filter((name) => !['run', 'shell', 'test', 'distro-run'].includes(name));
  const dryRuns = [
    'run',
    'image-build',
    'image-pull',
    'image-push',
    'distro-build',
    'publish',
    'rpm-build',
    'ci-azure',
    'ci-github',
  ].map((name) => `${name}-dry-run`);
  expect([...schemas.keys()].sort()).toEqual([...names, ...dryRuns].sort());
});

test.each([...schemas])('%s allows nothing that it does not describe', (_name, schema) => {
  expect(ajv.validateSchema(schema)).toBe(true);
  for (const { properties, required, additionalProperties } of objectsIn(schema)) {
    if (properties === undefined) expect(additionalProperties).toEqual({ type: 'string' });
    else expect(additionalProperties).toBe(false);
    expect(required ?? []).toEqual(Object.keys(properties ?? {}));
  }
});

const canStart = process.getuid?.() === 0 && existsSync('/usr/sbin/dockerd');
const testStart = canStart || process.env['REQUIRE_ENGINE'] === '1' ? test : test.skip;

describeWithEngine('output in JSON', () => {
  beforeEach(() => {
    project = new TestProject(SECTIONS, FILES);
  });
  afterEach(() => project.remove());

  test('init, and what it would write', async () => {
    const folder = project.path('built');
    const files = ['Dockerfiles/buildenv.dockerfile', 'buildenv.yaml'];
    expect(await output('init', 'init', '-C', folder, '--dry-run')).toEqual({ written: files });
    expect(existsSync(join(folder, 'buildenv.yaml'))).toBe(false);
    expect(await output('init', 'init', '-C', folder)).toEqual({ written: files });
  });

  test('doctor, with a remedy for what is wrong', async () => {
    project.write('buildenv.yaml', 'version: 1\nprojekt: x\n');
    const { status, stdout } = await json('doctor');
    expect(status).toBe(1);
    expect(valid('doctor', stdout)).toContainEqual({
      check: 'config',
      ok: false,
      text: expect.stringContaining('2 problems') as string,
      remedy: expect.stringContaining('project') as string,
    });
  });

  test('image build, and what it would do', async () => {
    const planned = await output('image-build-dry-run', 'image', '--dry-run');
    expect(planned).toMatchObject([
      { name: 'base', action: 'obtain', reference: `${project.name}/base:latest` },
      { name: 'tool', action: 'build', reference: `${project.name}/tool:latest` },
    ]);
    expect(await output('image-build', 'image', 'build')).toMatchObject(planned as object[]);
    const again = await output('image-build', 'image');
    expect(again).toMatchObject([{ action: 'none' }, { action: 'none' }]);
  });

  test('image list, of an image that is there and one that is not', async () => {
    await output('image-build', 'image', 'build', 'base');
    expect(await output('image-list', 'image', 'list')).toMatchObject([
      { name: 'base', action: 'none', size: expect.any(Number) as number },
      { name: 'tool', action: 'build', id: null, size: null },
    ]);
  });

  test('image inspect', async () => {
    await output('image-build', 'image');
    expect(await output('image-inspect', 'image', 'inspect', 'tool')).toMatchObject([
      { name: 'tool', labels: { made: 'here' }, entrypoint: ['/bin/sh'] },
    ]);
  });

  test('image remove, and what it would do', async () => {
    const remove = ['image', 'remove', 'base'];
    expect(await output('image-remove', ...remove)).toEqual({ removed: [] });
    await output('image-build', 'image', 'build', 'base');
    const planned = await output('image-remove', ...remove, '--dry-run');
    const reference = `${project.name}/base:latest`;
    expect(planned).toEqual({ removed: expect.arrayContaining([reference]) as string[] });
    expect(await output('image-remove', ...remove)).toEqual(planned);
    expect(project.images()).toEqual([]);
  });

  test('what run and shell would do', async () => {
    await output('image-build', 'image');
    const run = await output('run-dry-run', '--dry-run', 'run', 'cc', '--json');
    const { argv } = run as { argv: string[] };
    expect([argv[0], ...argv.slice(-2)]).toEqual(['docker', 'cc', '--json']);
    await output('run-dry-run', '--dry-run', 'shell');
    await output('distro-build', 'distro');
    await output('run-dry-run', '--dry-run', 'distro', 'run', 'hello');
    expect(project.containers()).toEqual([]);
  });

  test('local list, check and install, of the build image of KM', async () => {
    const image = 'buildenv-km-debian';
    const words = ['-C', resolve(SCHEMAS, '../..'), image];
    expect(await output('local-list', 'local', 'list', ...words)).toMatchObject({ image });
    const checked = await json('local', 'check', ...words);
    expect(valid('local-check', checked.stdout)).toMatchObject({ image });
    const planned = await output('local-install', 'local', 'install', '--dry-run', ...words);
    expect(planned).toHaveProperty('argv');
  }, 300_000);

  test('distro, and what it would do', async () => {
    expect(await output('distro-build-dry-run', 'distro', '--dry-run')).toMatchObject([
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
    const reference = `${project.name}/hello:local`;
    expect(await output('distro-build', 'distro', 'hello')).toMatchObject([
      { name: 'hello', reference },
    ]);
    expect(await output('distro-diff', 'distro', 'diff', 'hello', reference)).toEqual([]);
    project.write('built/hello', 'changed and longer');
    project.write('built/new', '');
    await buildenv(['distro'], { cwd: project.root, env: { IMAGE_VERSION: 'later' } });
    const later = `${project.name}/hello:later`;
    expect(await output('distro-diff', 'distro', 'diff', reference, later)).toMatchObject([
      { path: '/opt/built/hello', before: { size: 5 }, after: { size: 18, mode: '0755' } },
      { path: '/opt/built/new', before: null, after: { kind: 'file' } },
    ]);
    const text = await buildenv(['distro', 'diff', later, 'hello'], { cwd: project.root });
    expect(text.stdout.toString()).toBe(
      '~ file 0755 0:0 18 B -> 5 B /opt/built/hello\n- file 0755 0:0 0 B /opt/built/new\n',
    );
  });

  test.each(['azure', 'github'])(
    'ci %s, what it would write, and how a file differs',
    async (system) => {
      const planned = await output(`ci-${system}-dry-run`, 'ci', system, '--dry-run');
      const { file, text } = planned as { file: string; text: string };
      const missing = await json('ci', system, '--check');
      expect(valid(`ci-${system}`, missing.stdout)).toMatchObject({ file, same: false });
      const same = { file, same: true, differences: [] };
      expect(await output(`ci-${system}`, 'ci', system)).toEqual(same);
      expect(await output(`ci-${system}`, 'ci', system, '--check')).toEqual(same);
      project.write(file, `${text}more\n`);
      const changed = await json('ci', system, '--check');
      expect(valid(`ci-${system}`, changed.stdout)).toMatchObject({
        differences: [{ line: text.split('\n').length, kind: 'added', text: 'more' }],
      });
    },
  );

  test('doctor', async () => {
    const { stdout } = await json('doctor');
    const engine = { check: 'engine', ok: true, remedy: null };
    expect(valid('doctor', stdout)).toContainEqual(expect.objectContaining(engine));
  });

  test('engine start, status and stop, where an engine answers that is not ours', async () => {
    const url = engineUrl;
    expect(await output('engine-start', 'engine', 'start')).toMatchObject({ started: false, url });
    expect(await output('engine-status', 'engine', 'status')).toMatchObject({ url });
    expect(await output('engine-stop', 'engine', 'stop')).toEqual({ stopped: false });
  });

  testStart('engine start, status and stop, of an engine of our own', async () => {
    const none = `--engine=unix://${project.path('none.sock')}`;
    const { pid } = (await output('engine-start', 'engine', 'start', none)) as { pid: number };
    try {
      const { status, stdout } = await json('engine', 'status', none);
      expect(status).toBe(1);
      const state = { url: null, own: { running: true, pid } };
      expect(valid('engine-status', stdout)).toMatchObject(state);
    } finally {
      expect(await output('engine-stop', 'engine', 'stop')).toEqual({ stopped: true });
    }
  });
});
