import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI } from './cli';

/** An image with busybox and little else, in the engine before the first test. */
export const BUSYBOX_IMAGE = 'buildenv-test/busybox:1';

const BUSYBOX = '/bin/busybox';
const APPLETS = [
  'sh',
  'cat',
  'env',
  'head',
  'id',
  'kill',
  'ls',
  'mkdir',
  'printf',
  'pwd',
  'sha256sum',
];
const MORE_APPLETS = [
  'sleep',
  'stat',
  'stty',
  'touch',
  'trap',
  'true',
  'tty',
  'wc',
  'whoami',
  'yes',
];

const status = engineStatus();

/** URL of the engine that the tool finds, for independent looks with the docker client. */
export const engineUrl = status.url ?? '';

/**
 * Tests that need an engine. Without one they are skipped with a warning, and fail where
 * `REQUIRE_ENGINE=1` is set.
 */
export function describeWithEngine(name: string, tests: () => void): void {
  if (status.url !== null || process.env['REQUIRE_ENGINE'] === '1') {
    describe(name, () => {
      beforeAll(importBusybox);
      tests();
    });
    return;
  }
  console.warn(`SKIPPED, no engine answers: ${name}`);
  describe.skip(name, tests);
}

/** What the docker client prints, as a witness beside the tool itself. */
export function docker(...args: readonly string[]): string {
  const env = { ...process.env, DOCKER_HOST: engineUrl };
  return execFileSync('docker', args, { env, encoding: 'utf8', maxBuffer: 1 << 28 }).trimEnd();
}

function engineStatus(): { url: string | null } {
  if (!existsSync(CLI)) throw new Error(`${CLI} is not there: npm run build`);
  try {
    const output = execFileSync('node', [CLI, 'engine', 'status', '--json'], { encoding: 'utf8' });
    return JSON.parse(output) as { url: string | null };
  } catch {
    return { url: null };
  }
}

function importBusybox(): void {
  if (docker('images', '--quiet', BUSYBOX_IMAGE) !== '') return;
  const root = mkdtempSync(join(tmpdir(), 'buildenv-busybox-'));
  try {
    for (const folder of ['bin', 'etc', 'root', 'tmp']) mkdirSync(join(root, folder));
    cpSync(BUSYBOX, join(root, 'bin/busybox'));
    for (const name of [...APPLETS, ...MORE_APPLETS])
      symlinkSync('busybox', join(root, 'bin', name));
    writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\n');
    writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
    const archive = join(root, 'root.tar');
    execFileSync('tar', ['-C', root, '-cf', archive, 'bin', 'etc', 'root', 'tmp']);
    docker('import', archive, BUSYBOX_IMAGE);
  } finally {
    rmSync(root, { recursive: true });
  }
}
