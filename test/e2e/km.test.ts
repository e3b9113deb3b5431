import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  constants,
  cpSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
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

function hasKvm(): boolean {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

const kvm = hasKvm() || process.env['REQUIRE_KVM'] === '1';
if (!kvm) console.warn("SKIPPED, no access to /dev/kvm: KM's images");
const testWithKvm = kvm ? test : test.skip;

describeWithEngine('KM, made in several ways', () => {
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

  describe('its images', () => {
    const tag = `bt${randomBytes(4).toString('hex')}`;
    const run = (image: string, ...args: readonly string[]) => {
      const [folder = ''] = trees;
      const options = ['--ulimit=nofile=1024:1024', '--device=/dev/kvm', '--network=none'];
      const script = `--volume=${join(folder, 'script.py')}:/script.py`;
      return docker('run', '--rm', ...options, script, `kontain/${image}:${tag}`, ...args);
    };
    beforeAll(async () => {
      const [folder = ''] = trees;
      const env = { IMAGE_VERSION: tag, BUILDENV_IMAGE_VERSION: 'latest' };
      const { status, stderr } = await buildenv(['distro'], { cwd: folder, env });
      expect(status === 0 ? '' : stderr).toBe('');
      writeFileSync(
        join(folder, 'script.py'),
        'import json, sqlite3, ssl, sys, threading\n' +
          'print(json.dumps(sys.argv[1:]), sqlite3.connect("").execute("select 6*7").fetchone())\n' +
          'threading.Thread(target=print, args=[ssl.OPENSSL_VERSION.split()[0]]).start()\n',
      );
    }, 120_000);
    afterAll(() => {
      docker('rmi', ...['python-km', 'busybox-km', 'km'].map((name) => `kontain/${name}:${tag}`));
    });

    testWithKvm('km runs its payload', () => {
      expect(run('km')).toBe('Hello from inside the virtual machine');
    });

    testWithKvm(
      'buildenv distro run gives it the devices and limits of the environment',
      async () => {
        const [folder = ''] = trees;
        const env = { IMAGE_VERSION: tag, BUILDENV_IMAGE_VERSION: 'latest' };
        const script = 'ulimit -n; exit 3';
        const args = ['distro', 'run', 'busybox-km', 'sh', '-c', script];
        const { status, stdout } = await buildenv(args, { cwd: folder, env });
        const limit = run('busybox-km', 'sh', '-c', 'ulimit -n');
        expect([status, stdout.toString()]).toEqual([3, `${limit}\n`]);
        expect(Number(limit)).toBeLessThanOrEqual(1024);
      },
    );

    testWithKvm("busybox-km runs a shell's pipeline", () => {
      expect(run('busybox-km', 'sh', '-c', 'for i in 1 2; do echo $i; done | wc -l')).toBe('2');
    });

    testWithKvm('python-km, a layer on km, runs a script', () => {
      expect(run('python-km', '/script.py', 'a', 'b c')).toBe('["a", "b c"] (42,)\nOpenSSL');
      const layers = (name: string) =>
        JSON.parse(
          docker('inspect', '--format={{json .RootFS.Layers}}', `kontain/${name}:${tag}`),
        ) as string[];
      const below = layers('km');
      expect(layers('python-km').slice(0, below.length)).toEqual(below);
      expect(layers('python-km').length).toBeGreaterThan(below.length);
    });
  });

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
