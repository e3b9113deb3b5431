import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { buildenv, CLI } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker, engineUrl } from '../support/engine';
import { SecondEngine } from '../support/second-engine';
import { TestProject } from '../support/test-project';

const UID = 12345;
const KIND_TREE = 'label=dev.buildenv.kind=tree';

describeWithEngine('the tool in a container with the engine’s socket', () => {
  let tool: string;
  let project: TestProject;
  beforeAll(() => {
    tool = portableTool();
  });
  afterAll(() => rmSync(tool, { recursive: true }));
  beforeEach(() => {
    const more = '    outputs: { paths: [out] }\n    docker: true\n    caches: { kept: /kept }\n';
    project = TestProject.withBusybox(more);
    project.write('source', 'of the host');
  });
  afterEach(() => {
    expect(project.containers()).toEqual([]);
    project.remove();
  });

  const socket = () => engineUrl.replace('unix://', '');

  /** What the script prints in a container that has the tool at `/tool`. */
  function inContainer(script: string, ...options: readonly string[]): string {
    const group = String(statSync(socket()).gid);
    return docker(
      ...['run', '--rm', '--network', 'none', '--group-add', group, '--env', 'HOME=/tmp/home'],
      ...['--volume', `${tool}:/tool:ro`, '--volume', `${socket()}:/var/run/docker.sock`],
      ...[...options, BUSYBOX_IMAGE, 'sh', '-euc', script],
    );
  }

  test('mounts a tree that the container has from the host, wherever it has it', () => {
    const script =
      'cd /elsewhere/tree/sub; /tool/buildenv run sh -c "pwd; cat ../source; id -u; echo 1 > ../made"';
    project.write('sub/file', '');
    const output = inContainer(
      script,
      ...['--user', `${UID}:${UID}`, '--volume', `${project.root}:/elsewhere/tree`],
    );
    expect(output.split('\n')).toEqual(['/elsewhere/tree/sub', `of the host${UID}`]);
    expect(project.read('made')).toBe('1\n');
    expect(statSync(project.path('made'))).toMatchObject({ uid: UID, gid: UID });
    expect(volumes(project)).toEqual(['cache']);
  });

  test('mounts sockets from where the engine has them', () => {
    const { root } = project;
    const script =
      'echo "    ssh: true" >> /tree/buildenv.yaml; export SSH_AUTH_SOCK=/agent; ' +
      'cd /tree; /tool/buildenv --quiet image; /tool/buildenv --dry-run run true';
    const output = inContainer(script, '-v', `${root}:/tree`, '-v', `${socket()}:/agent`);
    expect(output).toContain(`source=${root},target=/tree`);
    expect(output).toContain(`source=${socket()},target=/var/run/docker.sock`);
    expect(output).toContain(`source=${socket()},target=/agent`);
  });

  test('copies a tree that is the container’s own, and brings outputs back', () => {
    const script = [
      'busybox cp -a /seed /own && cd /own && printf own > source',
      '/tool/buildenv --quiet run sh -c "pwd; cat source; mkdir -p out; echo made > out/file"',
      'cat out/file; stat -c %u out/file',
      'printf new > source; /tool/buildenv --quiet run cat source out/file',
    ].join('\n');
    const output = inContainer(script, '-v', `${project.root}:/seed:ro`);
    expect(output.split('\n')).toEqual(['/own', 'ownmade', '0', 'newmade']);
    expect(project.read('source')).toBe('of the host');
    expect(volumes(project)).toEqual(['cache', 'tree']);
  });

  test('copies what lies in memory in a tree of the host', () => {
    project.write('sub/file', '');
    const config = `version: 1\nproject: ${project.name}\nimages: { tool: { from: "${BUSYBOX_IMAGE}" } }\nenvironments: { default: { image: tool } }\n`;
    const script = `cd /tree/sub; printf '${config}' > buildenv.yaml; /tool/buildenv --quiet run ls`;
    const output = inContainer(script, '-v', `${project.root}:/tree`, '--tmpfs', '/tree/sub');
    expect(output).toBe('buildenv.yaml');
    expect(volumes(project)).toEqual(['tree']);
  });

  test('copies the tree to an engine that does not know the container', async () => {
    const config = project.read('buildenv.yaml').replace('    docker: true\n', '');
    project.write('buildenv.yaml', config);
    const engine = new SecondEngine();
    try {
      await engine.start();
      const archive = join(engine.folder, 'image.tar');
      docker('save', '--output', archive, BUSYBOX_IMAGE);
      engine.docker('load', '--input', archive);
      const output = inContainer(
        'cd /tree; /tool/buildenv --engine unix:///second --quiet run cat source',
        ...['--volume', `${project.root}:/tree`, '--volume', `${engine.socket}:/second`],
      );
      expect(output).toBe('of the host');
      expect(engine.docker('volume', 'ls', '--quiet', '--filter', KIND_TREE)).not.toBe('');
    } finally {
      await engine.stop();
    }
  });

  test('runs in a run that has the engine', async () => {
    execFileSync('cp', ['-rl', tool, project.path('tool')]);
    const inner = `${project.root}/tool/buildenv --quiet run cat source`;
    const script = `printf here > source; HOME=/tmp/home ${inner}; pwd`;
    const tooled = project.read('buildenv.yaml').replace('    caches: { kept: /kept }\n', '');
    project.write('buildenv.yaml', tooled);
    const { stdout, stderr, status } = await buildenv(['--quiet', 'run', 'sh', '-euc', script], {
      cwd: project.root,
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout.toString()).toBe(`here${project.root}\n`);
  });
});

/** Kinds of the volumes that a project has. */
function volumes({ name }: TestProject): string[] {
  const format = '{{.Label "dev.buildenv.kind"}}';
  const filter = `label=dev.buildenv.project=${name}`;
  return docker('volume', 'ls', '--filter', filter, '--format', format).split('\n').sort();
}

/** The built tool, Node and its libraries: a folder that works in any image with a shell. */
function portableTool(): string {
  const folder = mkdtempSync(join(tmpdir(), 'buildenv-portable-'));
  execFileSync('chmod', ['755', folder]);
  mkdirSync(join(folder, 'lib'));
  cpSync(dirname(CLI), join(folder, 'dist'), { recursive: true });
  cpSync(process.execPath, join(folder, 'node'), { dereference: true });
  const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' });
  const paths = [...libraries.matchAll(/\/\S+/g)].map(([path]) => path);
  for (const path of new Set(paths)) {
    cpSync(path, join(folder, 'lib', basename(path)), { dereference: true });
  }
  const loader = paths.map((path) => basename(path)).find((name) => name.startsWith('ld-'));
  const script = `#!/bin/sh
here=\${0%/*}
exec "$here/lib/${String(loader)}" --library-path "$here/lib" "$here/node" "$here/dist/buildenv.cjs" "$@"
`;
  execFileSync('tee', [join(folder, 'buildenv')], { input: script });
  execFileSync('chmod', ['755', join(folder, 'buildenv')]);
  return folder;
}
