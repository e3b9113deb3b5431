import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { mmdebstrapArguments } from './bootstrap';

test('the arguments are those of a minimal tar, its packages, and mirrors last', () => {
  const spec = { distribution: 'debian', suite: 'bookworm', packages: ['make', 'gcc'] } as const;
  expect(mmdebstrapArguments(spec, ['http://a', 'deb http://b bookworm main'])).toEqual([
    '--variant=minbase',
    '--format=tar',
    '--include=make,gcc',
    '--dpkgopt=path-exclude=/usr/share/doc/*',
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    '--dpkgopt=path-exclude=/usr/share/info/*',
    '--dpkgopt=path-exclude=/usr/share/locale/*',
    '--dpkgopt=path-exclude=/usr/share/man/*',
    '--customize-hook=rm -f "$1/etc/hostname" "$1/etc/resolv.conf"',
    'bookworm',
    '-',
    'http://a',
    'deb http://b bookworm main',
  ]);
  const bare = mmdebstrapArguments({ ...spec, packages: [] }, []);
  expect(bare.filter((word) => word.startsWith('--include'))).toEqual([]);
  expect(bare.at(-1)).toBe('-');
});

describe('a program of that name', () => {
  let folder: string;
  let bundle: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootstrap-'));
    bundle = join(folder, 'bootstrap.cjs');
    buildSync({
      entryPoints: [join(__dirname, 'bootstrap.ts')],
      bundle: true,
      platform: 'node',
      outfile: bundle,
    });
    mkdirSync(join(folder, 'bin'));
  });
  beforeEach(() => rmSync(join(folder, 'bin/mmdebstrap'), { force: true }));
  afterAll(() => rmSync(folder, { recursive: true }));

  function install(script: string): void {
    const program = join(folder, 'bin/mmdebstrap');
    writeFileSync(program, `#!/bin/sh\n${script}\n`);
    chmodSync(program, 0o755);
  }

  /** Reads the stream in a process whose PATH holds that program alone. */
  function read(consume = 'for await (const chunk of stream) bytes += chunk.length;'): object {
    const program = `
      const { bootstrap } = require(process.argv[1]);
      let bytes = 0;
      let log = '';
      const controller = new AbortController();
      (async () => {
        const spec = { distribution: 'debian', suite: 'x', packages: [], mirror: 'http://m' };
        const stream = await bootstrap(spec, controller.signal, (text) => { log += text; });
        ${consume}
      })().then(
        () => ({ bytes, log }),
        ({ code, message, hint }) => ({ bytes, log, code, message, hint }),
      ).then((result) => console.log(JSON.stringify(result)));`;
    const output = execFileSync(process.execPath, ['-e', program, bundle], {
      env: { PATH: join(folder, 'bin') },
    });
    return JSON.parse(output.toString()) as object;
  }

  test('gives its output as the stream and its messages as the log', () => {
    install('printf "I: working\\n" >&2; printf root');
    expect(read()).toEqual({ bytes: 4, log: 'I: working\n' });
  });

  test('that fails in the middle fails the stream, with its first error', () => {
    install('printf half; echo "E: first" >&2; echo "E: mirror is down" >&2; exit 25');
    expect(read()).toMatchObject({
      bytes: 4,
      code: 'host',
      message: 'mmdebstrap failed: first',
      hint: 'Check the suite, the packages and the mirror; --verbose shows all that it says.',
    });
  });

  test('that says nothing when it fails is told by its status', () => {
    install('exit 7');
    expect(read()).toMatchObject({ message: 'mmdebstrap failed: it ended with status 7' });
  });

  test('that is killed fails the stream', () => {
    install('printf half; kill -9 $$');
    expect(read()).toMatchObject({
      code: 'host',
      message: expect.stringContaining('failed') as string,
    });
  });

  test('that cannot be executed is told by the reason', () => {
    install('exit 0');
    chmodSync(join(folder, 'bin/mmdebstrap'), 0o644);
    expect(read()).toMatchObject({
      code: 'host',
      message: expect.stringContaining('mmdebstrap cannot be started: ') as string,
    });
  });

  test('that is not there is an error that says how to install it', () => {
    expect(read()).toMatchObject({
      code: 'host',
      message: 'mmdebstrap is not installed, so no base image can be made',
      hint: 'Install it: apt-get install mmdebstrap',
    });
  });

  test.each([
    ['in the middle', 'for await (const chunk of stream) { bytes += chunk.length; break; }', 4],
    ['before anybody reads it', 'stream.destroy();', 0],
  ])('ends when the stream is destroyed %s', (_name, consume, bytes) => {
    install('printf root; exec /bin/sleep 60');
    const begun = performance.now();
    expect(read(consume)).toEqual({ bytes, log: '' });
    expect(performance.now() - begun).toBeLessThan(30_000);
  });

  test('has ended, and cleaned up, when an abort fails the stream', () => {
    const mark = join(folder, 'unpacked');
    install(`trap '/bin/rm ${mark}; exit 1' TERM
: >${mark}
printf root
while :; do /bin/sleep 0.05; done`);
    const abort = 'for await (const chunk of stream) controller.abort({ code: "stop" });';
    expect(read(abort)).toMatchObject({ code: 'stop' });
    expect(existsSync(mark)).toBe(false);
  });
});
