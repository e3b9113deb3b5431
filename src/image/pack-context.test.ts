import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { DockerfileImageSpec } from './image-spec';
import { packContext } from './pack-context';
import { readContext } from './read-context';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'pack-context-'));
  writeFileSync(join(root, 'Dockerfile'), 'FROM base\n', { mode: 0o644 });
  writeFileSync(join(root, 'run.sh'), 'echo run\n', { mode: 0o755 });
  symlinkSync('run.sh', join(root, 'link'));
});
afterEach(() => rmSync(root, { recursive: true }));

const spec = (changes: Partial<DockerfileImageSpec> = {}): DockerfileImageSpec => ({
  kind: 'dockerfile',
  name: 'toolchain',
  dockerfile: join(root, 'Dockerfile'),
  context: root,
  needs: [],
  args: {},
  ...changes,
});

async function pack(image: DockerfileImageSpec): Promise<{ dockerfile: string; archive: Buffer }> {
  const { dockerfile, archive } = packContext(image, readContext(image));
  return { dockerfile, archive: await buffer(archive) };
}

const tar = (args: string[], input: Buffer) =>
  execFileSync('tar', args, { input, encoding: 'utf8', env: { LC_ALL: 'C.UTF-8', TZ: 'UTC' } });

test('a Dockerfile of the context is named as it is there; owners and times are fixed', async () => {
  const { dockerfile, archive } = await pack(spec());
  expect(dockerfile).toBe('Dockerfile');
  expect(tar(['tv', '--numeric-owner'], archive).replace(/ +/g, ' ')).toBe(
    [
      '-rw-r--r-- 0/0 10 1970-01-01 00:00 Dockerfile',
      'lrwxr-xr-x 0/0 0 1970-01-01 00:00 link -> run.sh',
      '-rwxr-xr-x 0/0 9 1970-01-01 00:00 run.sh',
      '',
    ].join('\n'),
  );
});

test('an unchanged context is an unchanged stream, whatever the file times', async () => {
  const before = await pack(spec());
  utimesSync(join(root, 'run.sh'), 1000, 1000);
  expect((await pack(spec())).archive.equals(before.archive)).toBe(true);
});

test.each([
  ['outside of the context', () => ({ dockerfile: join(root, '..', 'other.dockerfile') })],
  ['without a context', () => ({ context: undefined })],
  [
    'left out by .dockerignore',
    () => {
      writeFileSync(join(root, '.dockerignore'), 'Dockerfile');
      return {};
    },
  ],
])('a Dockerfile %s is added', async (_name, changes) => {
  const image = spec(changes());
  if (!image.dockerfile.startsWith(`${root}/D`)) writeFileSync(image.dockerfile, 'FROM base\n');
  try {
    const { dockerfile, archive } = await pack(image);
    expect(dockerfile).toBe('.buildenv.Dockerfile');
    expect(tar(['xO', dockerfile], archive)).toBe('FROM base\n');
  } finally {
    rmSync(join(root, '..', 'other.dockerfile'), { force: true });
  }
});
