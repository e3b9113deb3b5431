import { createHash } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { dockerfileImageKey } from './content-key';
import type { DockerfileImageSpec } from './image-spec';
import { readContext } from './read-context';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'read-context-'));
  write('Dockerfile', 'FROM base\n');
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, content = '', mode = 0o644): void {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, mode);
}

const spec = (changes: Partial<DockerfileImageSpec> = {}): DockerfileImageSpec => ({
  kind: 'dockerfile',
  name: 'toolchain',
  dockerfile: join(root, 'Dockerfile'),
  context: root,
  needs: [],
  args: {},
  ...changes,
});
const paths = (changes: Partial<DockerfileImageSpec> = {}) =>
  readContext(spec(changes)).entries.map(({ path }) => path);

test('without a context the Dockerfile is all that is read', () => {
  expect(readContext(spec({ context: undefined }))).toEqual({
    dockerfile: 'FROM base\n',
    entries: [],
  });
});

test('files, folders and links are told with mode, size, digest and target, sorted by path', () => {
  write('b/run.sh', '#!/bin/sh\n', 0o755);
  write('ä', 'umlaut');
  mkdirSync(join(root, 'empty'));
  symlinkSync('../outside', join(root, 'b/link'));
  const digest = (text: string) => createHash('sha256').update(text).digest('hex');
  const source = (path: string) => ({ path, source: join(root, path) });
  expect(readContext(spec()).entries).toEqual([
    {
      ...source('Dockerfile'),
      kind: 'file',
      mode: 0o644,
      size: 10,
      digest: digest('FROM base\n'),
    },
    { ...source('b'), kind: 'folder', mode: 0o755 },
    { ...source('b/link'), kind: 'link', mode: 0o755, target: '../outside' },
    { ...source('b/run.sh'), kind: 'file', mode: 0o755, size: 10, digest: digest('#!/bin/sh\n') },
    { ...source('empty'), kind: 'folder', mode: 0o755 },
    { ...source('ä'), kind: 'file', mode: 0o644, size: 6, digest: digest('umlaut') },
  ]);
});

test('what the umask alone decides makes no other context, and file times neither', () => {
  const keyNow = () => dockerfileImageKey(spec(), readContext(spec()), [], 'linux/amd64');
  write('run.sh', 'echo', 0o755);
  const before = keyNow();
  chmodSync(join(root, 'run.sh'), 0o775);
  utimesSync(join(root, 'run.sh'), 1, 1);
  expect(keyNow()).toBe(before);
  chmodSync(join(root, 'run.sh'), 0o644);
  expect(keyNow()).not.toBe(before);
});

describe('.dockerignore', () => {
  beforeEach(() => {
    for (const path of ['src/a.c', 'src/a.o', 'src/deep/b.o', 'doc/x.md', 'doc/keep/y.md', 'z.o']) {
      write(path);
    }
  });

  test.each([
    [
      '*.o',
      [
        'src',
        'src/a.c',
        'src/a.o',
        'src/deep',
        'src/deep/b.o',
        'doc',
        'doc/x.md',
        'doc/keep',
        'doc/keep/y.md',
      ],
    ],
    ['**/*.o', ['src', 'src/a.c', 'src/deep', 'doc', 'doc/x.md', 'doc/keep', 'doc/keep/y.md']],
    ['/doc\nsrc/\n', ['z.o']],
    ['# doc\n\n  src/deep  \ndoc\n', ['src', 'src/a.c', 'src/a.o', 'z.o']],
    ['doc\n!doc/keep\nsrc', ['doc/keep', 'doc/keep/y.md', 'z.o']],
    ['*\n!src/a.c', ['src/a.c']],
    ['**\n!src', ['src', 'src/a.c', 'src/a.o', 'src/deep', 'src/deep/b.o']],
    ['!doc\ndoc', ['src', 'src/a.c', 'src/a.o', 'src/deep', 'src/deep/b.o', 'z.o']],
  ])('%j leaves the rest', (rules, rest) => {
    write('.dockerignore', rules);
    const own = ['.dockerignore', 'Dockerfile'];
    expect(paths().filter((path) => !own.includes(path))).toEqual([...rest].sort());
  });

  test('<Dockerfile>.dockerignore goes over .dockerignore', () => {
    write('.dockerignore', 'src');
    write('Dockerfile.dockerignore', 'doc');
    expect(paths()).toEqual(expect.arrayContaining(['src', 'src/a.c']));
    expect(paths()).not.toContain('doc');
  });

  test('a Dockerfile that is left out is read all the same', () => {
    write('.dockerignore', '*');
    expect(readContext(spec())).toEqual({ dockerfile: 'FROM base\n', entries: [] });
  });
});

test('a socket is refused, unless it is left out', async () => {
  const socket = join(root, 'agent.sock');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  try {
    expect(() => readContext(spec())).toThrow(
      expect.objectContaining({
        code: 'config',
        message: `${socket} is neither file, folder nor link`,
        hint: 'Leave it out in .dockerignore.',
      }) as Error,
    );
    write('.dockerignore', '*.sock');
    expect(paths()).not.toContain('agent.sock');
  } finally {
    server.close();
  }
});

test.each([
  ['Dockerfile', () => rmSync(join(root, 'Dockerfile')), 'Dockerfile'],
  [
    'Dockerfile, a folder in its place,',
    () => {
      rmSync(join(root, 'Dockerfile'));
      mkdirSync(join(root, 'Dockerfile'));
    },
    'Dockerfile',
  ],
])('a %s that vanished is an error that names it', (_name, vanish, path) => {
  vanish();
  expect(() => readContext(spec())).toThrow(
    expect.objectContaining({
      code: 'host',
      message: expect.stringContaining(`${join(root, path)} cannot be read`) as string,
      hint: expect.any(String) as string,
    }) as Error,
  );
});

test('a context folder that vanished is an error that names it', () => {
  const context = join(root, 'gone');
  expect(() => readContext(spec({ context }))).toThrow(
    expect.objectContaining({
      code: 'host',
      message: `${context} cannot be read: ENOENT`,
    }) as Error,
  );
});
