import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContainerSpec } from '../engine/engine';
import { dockerArgv, quoteForShell } from './docker-argv';

const spec: ContainerSpec = {
  name: 'buildenv-km-1',
  image: 'sha256:1',
  command: ['sh', '-c', 'echo "$HOME" \'quoted\' `x` \\ *'],
  user: '1000:100',
  workingDir: '/src/my tree',
  env: ['A=1 2', 'EMPTY=', "QUOTE='"],
  labels: { 'dev.buildenv.project': 'km' },
  mounts: [
    {
      type: 'tmpfs',
      source: '',
      target: '/home/me',
      options: 'exec',
      owner: { uid: 1000, gid: 100 },
    },
    { type: 'bind', source: '/a,"b"', target: '/t', readOnly: true },
    { type: 'volume', source: 'cache', target: '/cache' },
  ],
  devices: ['/dev/kvm'],
  ulimits: [{ name: 'nofile', soft: 1024, hard: -1 }],
  capabilities: ['SYS_PTRACE'],
  network: 'host',
  groups: ['27'],
  securityOptions: ['label=disable'],
  terminal: false,
};

test('every field has its option, the command comes last', () => {
  expect(dockerArgv(spec)).toEqual([
    ...['docker', 'run', '--rm', '--init', '-i', '--log-driver=none'],
    '--name=buildenv-km-1',
    '--user=1000:100',
    '--workdir=/src/my tree',
    '--network=host',
    '--label=dev.buildenv.project=km',
    '--group-add=27',
    '--security-opt=label=disable',
    '--cap-add=SYS_PTRACE',
    '--device=/dev/kvm',
    '--ulimit=nofile=1024:-1',
    '--tmpfs=/home/me:exec,uid=1000,gid=100',
    '--mount=type=bind,"source=/a,""b""",target=/t,readonly',
    '--mount=type=volume,source=cache,target=/cache',
    ...['--env=A=1 2', '--env=EMPTY=', "--env=QUOTE='"],
    'sha256:1',
    ...spec.command,
  ]);
  expect(dockerArgv({ ...spec, terminal: true })).toContain('-it');
});

describe('pasted into a shell', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'docker-argv-'));
    writeFileSync(join(folder, 'docker'), `#!/bin/sh\nprintf '%s\\0' docker "$@"\n`);
    chmodSync(join(folder, 'docker'), 0o755);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** What a program called `docker` gets of a line that is pasted. */
  function paste(line: string): string[] {
    const env = { PATH: `${folder}:/usr/bin:/bin`, HOME: '/home/me' };
    return execFileSync('sh', ['-c', line], { env, encoding: 'utf8' }).split('\0').slice(0, -1);
  }

  test('the words of a run arrive as they are', () => {
    expect(paste(quoteForShell(dockerArgv(spec)))).toEqual(dockerArgv(spec));
  });

  test.each([
    '',
    ' ',
    '~',
    '$HOME',
    "it's",
    '"',
    '\\',
    '`id`',
    'a\nb',
    '*',
    '#',
    '!',
    'grüße',
    '-x',
    'a;b',
    '{a,b}',
    '(',
    '&',
    '[a]',
    '\t',
  ])('the word %j arrives as it is', (word) => {
    expect(paste(quoteForShell(['docker', word, `x${word}`]))).toEqual([
      'docker',
      word,
      `x${word}`,
    ]);
  });

  test('plain words are not quoted', () => {
    expect(quoteForShell(['docker', '--env=A=1', '/a/b.c', 'x@y:z'])).toBe(
      'docker --env=A=1 /a/b.c x@y:z',
    );
  });
});
