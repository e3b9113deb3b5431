import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

const REPOSITORY = resolve(__dirname, '../..');

const BUILD = `set -e
cd /tree
echo 'int answer(void); int main(void) { return answer() - 42; }' >main.c
echo '#include <stdio.h>
int answer(void) { puts("from the library"); return 42; }' >answer.c
mkdir -p out/bin out/lib
for kind in gcc musl-gcc; do
  $kind -shared -fPIC -o out/lib/libanswer-$kind.so answer.c
  $kind -o out/bin/$kind main.c -Lout/lib -l:libanswer-$kind.so -Wl,-rpath,'$ORIGIN/../lib'
done
ln -f out/bin/gcc out/bin/hard`;

const SECTIONS = `images:
  tool: { from: kontain/buildenv-km-debian:latest }
environments:
  default: { image: tool, reuse: off }
distros:
  glibc:
    files: [{ from: out, to: /opt, exclude: ['*musl*'] }]
    libraries: closure
    config: { entrypoint: [/opt/bin/gcc] }
  musl:
    files: [{ from: 'out/*/*musl*', to: /opt }]
    libraries: closure
    config: { entrypoint: [/opt/bin/musl-gcc] }
  python:
    files:
      - { fromImage: /usr/bin/python3 }
      - { fromImage: /usr/bin/python3.11 }
      - { fromImage: /usr/lib/python3.11, exclude: [__pycache__, 'config-*', '*test*', sitecustomize.py] }
    libraries: { extra: [/usr/lib/x86_64-linux-gnu/gconv/UTF-7.so] }
    config: { entrypoint: [python3, -c, 'import ctypes, zlib; print(zlib.crc32(b"x"))'] }
  broken:
    files: [{ from: out/bin/gcc, to: /gcc }, { from: link, to: /link }]
    libraries: closure
    config: { entrypoint: [/gone] }
  unfinished:
    files: [{ from: out/bin/gcc, to: /gcc }, { from: link, to: /link }]
    config: { entrypoint: [/gone] }
`;

interface Entry {
  kind: string;
  path: string;
}

describeWithEngine('the programs of a distro', () => {
  let project: TestProject;
  let cache: string;
  const run = (...args: readonly string[]) =>
    buildenv(args, { cwd: project.root, env: { XDG_CACHE_HOME: cache } });
  const entries = async (name: string) => {
    const { stdout, stderr, status } = await run('distro', name, '--dry-run', '--json');
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    const [plan] = JSON.parse(stdout.toString()) as { entries: Entry[] }[];
    return plan?.entries.filter(({ kind }) => kind !== 'folder').map(({ path }) => path);
  };

  beforeAll(async () => {
    const made = await buildenv(['image'], { cwd: REPOSITORY });
    expect({ status: made.status, stderr: made.stderr }).toMatchObject({ status: 0 });
    project = new TestProject(SECTIONS);
    cache = mkdtempSync(join(tmpdir(), 'buildenv-cache-'));
    docker(
      ...['run', '--rm', '--network=none', `--volume=${project.root}:/tree`],
      ...['kontain/buildenv-km-debian:latest', 'sh', '-c', BUILD],
    );
    execFileSync('ln', ['-s', 'nowhere', project.path('link')]);
    const tagged = await run('image');
    expect(tagged.status).toBe(0);
  }, 600_000);
  afterAll(() => {
    project.remove();
    rmSync(cache, { recursive: true });
  });

  test('run with the libraries that they need, and nothing else is there', async () => {
    expect(await entries('glibc')).toEqual([
      '/lib',
      '/lib64',
      '/opt/bin/gcc',
      '/opt/bin/hard',
      '/opt/lib/libanswer-gcc.so',
      '/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2',
      '/usr/lib/x86_64-linux-gnu/libc.so.6',
      '/usr/lib64/ld-linux-x86-64.so.2',
    ]);
    expect(await entries('musl')).toEqual([
      '/lib',
      '/opt/bin/musl-gcc',
      '/opt/lib/libanswer-musl-gcc.so',
      '/usr/lib/ld-musl-x86_64.so.1',
      '/usr/lib/x86_64-linux-musl/libc.so',
    ]);
    const { status, stdout } = await run('distro', 'glibc', 'musl', 'python', '--json');
    expect(status).toBe(0);
    const references = (JSON.parse(stdout.toString()) as { reference: string }[]).map(
      ({ reference }) => docker('run', '--rm', '--network=none', reference),
    );
    expect(references).toEqual(['from the library', 'from the library', '2363233923']);
  }, 180_000);

  test('the image is read once, and nothing is left in the engine', async () => {
    await entries('glibc');
    const idle = () => docker('ps', '--all', '--quiet', '--filter', 'label=dev.buildenv.kind=idle');
    const events = new Date().toISOString();
    await entries('glibc');
    const created = docker(
      ...['events', '--since', events, '--until', new Date().toISOString()],
      ...['--filter', 'event=create', '--filter', 'label=dev.buildenv.kind=idle'],
      ...['--filter', `image=kontain/buildenv-km-debian:latest`],
    );
    expect(created).toBe('');
    // Those of other tests go by themselves, and so must ours.
    await waitFor('idle containers to be removed', () => idle() === '');
  });

  test('a hard link stays one', async () => {
    await run('distro', 'glibc');
    const container = docker('create', `${project.name}/glibc:local`);
    try {
      const tar = join(cache, 'glibc.tar');
      docker('export', '--output', tar, container);
      const list = execFileSync('tar', ['tvf', tar], { encoding: 'utf8' });
      expect(list).toMatch(/^h.* opt\/bin\/hard link to opt\/bin\/gcc$/m);
    } finally {
      docker('rm', container);
    }
  });

  test('a bill of materials names the packages that own the files of the image', async () => {
    const file = join(cache, 'glibc.spdx.json');
    const { status, stderr } = await run('distro', 'glibc', '--sbom', `spdx:${file}`);
    expect({ status, stderr }).toMatchObject({ status: 0 });
    const text = readFileSync(file, 'utf8');
    const document = JSON.parse(text) as {
      packages: { name: string; versionInfo?: string }[];
      files: { fileName: string; checksums: { checksumValue: string }[] }[];
    };
    const version = docker(
      ...['run', '--rm', '--network=none', 'kontain/buildenv-km-debian:latest'],
      ...['dpkg-query', '--show', '--showformat=${Version}', 'libc6'],
    );
    expect(document.packages.map(({ name, versionInfo }) => [name, versionInfo])).toEqual([
      [`${project.name}/glibc:local`, undefined],
      ['libc6', version],
    ]);
    const answer = document.files.find(({ fileName }) => fileName.endsWith('libanswer-gcc.so'));
    const digest = createHash('sha256')
      .update(readFileSync(project.path('out/lib/libanswer-gcc.so')))
      .digest('hex');
    expect(answer?.checksums[1]?.checksumValue).toBe(digest);

    await run('distro', 'glibc', '--sbom', `spdx:${file}`);
    expect(readFileSync(file, 'utf8')).toBe(text);
    const several = await run('distro', 'glibc', 'musl', '--sbom', `spdx:${file}`);
    expect(several.status).toBe(2);
    expect(several.stderr).toContain('A bill of materials is of one distro');
  }, 120_000);

  test('what is missing or wrong is told all at once, and no image is made', async () => {
    const broken = await run('distro', 'broken');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toContain(
      '/gcc needs libanswer-gcc.so, which is not there, looked for in /lib, /etc/ld.so.cache, ' +
        '/lib/x86_64-linux-gnu, /usr/lib/x86_64-linux-gnu, /lib, /usr/lib (distros.broken.libraries)',
    );
    const unfinished = await run('distro', 'unfinished');
    expect(unfinished.status).toBe(1);
    expect(unfinished.stderr).toContain('Distro unfinished: 3 problems');
    expect(unfinished.stderr).toContain('needs /lib64/ld-linux-x86-64.so.2, which is not there');
    expect(unfinished.stderr).toContain('is a link to nowhere, which is not there');
    expect(unfinished.stderr).toContain(
      '/gone is not there (distros.unfinished.config.entrypoint)',
    );
    expect(project.images().filter((image) => /broken|unfinished/.test(image))).toEqual([]);
  });
});
