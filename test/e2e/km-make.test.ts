import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { buildenv, CLI } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';

const REPOSITORY = resolve(__dirname, '../..');
const IMAGE = 'kontain/buildenv-km-debian:latest';
const TOOLCHAIN = ['gcc', 'gcc-12', 'binutils', 'libc6-dev'];

/** What decides the bytes of KM's monitor: versions of packages, as dpkg-query prints them. */
const VERSIONS = ['dpkg-query', '--show', '--showformat', '${Package} ${Version}\\n', ...TOOLCHAIN];

/** A copy of what `make -C km` needs of this repository, where nothing has been built. */
function copyTree(): string {
  const root = mkdtempSync(join(tmpdir(), 'buildenv-km-'));
  for (const name of ['buildenv.yaml', 'Dockerfiles', 'images', 'km']) {
    cpSync(join(REPOSITORY, name), join(root, name), {
      recursive: true,
      filter: (path) => relative(REPOSITORY, path) !== 'km/build',
    });
  }
  return root;
}

/** Digests of all that was built, by path. */
function built(root: string): Record<string, string> {
  const folder = join(root, 'km/build');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name));
  const outputs = paths.filter((path) => !path.endsWith('.d'));
  return Object.fromEntries(
    outputs.sort().map((path) => {
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return [relative(folder, path), digest];
    }),
  );
}

/** Undefined where the host has not all of these packages. */
function hostVersions(): string | undefined {
  const [program = '', ...args] = VERSIONS;
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch {
    return undefined;
  }
}

describeWithEngine('KM, made in three ways', () => {
  const trees: string[] = [];
  const tree = () => {
    const root = copyTree();
    trees.push(root);
    return root;
  };
  let reference: Record<string, string>;

  beforeAll(async () => {
    const root = tree();
    const { status, stderr } = await buildenv(['run', 'make', '-s', '-j2', '-C', 'km'], {
      cwd: root,
    });
    expect(status === 0 ? '' : stderr).toBe('');
    reference = built(root);
    expect(Object.keys(reference)).toContain('monitor/km');
  }, 300_000);
  afterAll(() => trees.forEach((root) => rmSync(root, { recursive: true })));

  test('make withdocker gives the bytes of buildenv run make', () => {
    const root = tree();
    const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
    const tool = `BUILDENV=${process.execPath} ${CLI}`;
    execFileSync('make', ['-s', '-j2', '-C', 'km', 'withdocker', tool], { cwd: root, env });
    expect(built(root)).toEqual(reference);
  }, 120_000);

  test('so does make in a plain container of the image', () => {
    const root = tree();
    const mount = ['--volume', `${root}:/elsewhere`, '--workdir', '/elsewhere'];
    docker('run', '--rm', '--network=none', ...mount, IMAGE, 'make', '-s', '-j2', '-C', 'km');
    expect(built(root)).toEqual(reference);
  }, 120_000);

  test('make of the monitor on a host with the same compiler and library gives its bytes', () => {
    const inImage = docker('run', '--rm', '--network=none', IMAGE, ...VERSIONS);
    if (hostVersions() !== inImage) {
      console.warn("SKIPPED, this host's compiler is not that of the build image: a native make");
      return;
    }
    const root = tree();
    execFileSync('make', ['-s', '-j2', '-C', 'km/monitor'], { cwd: root });
    const monitor = Object.entries(reference).filter(([path]) => path.startsWith('monitor/'));
    expect(built(root)).toEqual(Object.fromEntries(monitor));
  }, 120_000);
});
