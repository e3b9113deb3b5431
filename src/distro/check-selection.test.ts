import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeElf } from '../../test/support/make-elf';
import { checkSelection } from './check-selection';
import type { ImageConfig } from '../oci/image-config';
import { SelectedTree } from './selected-tree';
import type { SelectedEntry } from './selection';

const LOADER = '/lib64/ld-linux-x86-64.so.2';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'check-selection-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const entry = (path: string, mode: number) => {
  return { by: 'files[0]', origin: `/src/${path}`, path, mode, uid: 0, gid: 0 };
};
const file = (path: string, content: string | Buffer, mode = 0o755, foundMode?: number) => {
  const source = join(folder, path.replaceAll('/', '_'));
  writeFileSync(source, content);
  const size = content.length;
  return { ...entry(path, mode), kind: 'file', source, size, foundMode } as const;
};
const link = (path: string, target: string) => {
  return { ...entry(path, 0o777), kind: 'link', target } as const;
};
const check = (entries: readonly SelectedEntry[], config: Partial<ImageConfig> = {}) =>
  checkSelection(
    entries,
    new SelectedTree(entries),
    { env: {}, labels: {}, exposedPorts: [], volumes: [], ...config },
    'amd64',
  );
const reasons = async (...args: Parameters<typeof check>) =>
  (await check(...args)).problems.map(({ origin, reason }) => `${origin} ${reason}`);

test('what is whole has neither problems nor notices', async () => {
  const entries = [
    file('bin/app', makeElf({ interpreter: LOADER })),
    file('bin/script', '#! /bin/sh -e\n'),
    file('usr/lib64/ld', makeElf()),
    file('usr/bin/sh', makeElf()),
    link('bin/sh', '../usr/bin/sh'),
    link('lib64/ld-linux-x86-64.so.2', '/usr/lib64/ld'),
    link('etc/mtab', '../proc/self/mounts'),
    link('var/log/data', '/data/log'),
  ];
  expect(await check(entries, { entrypoint: ['/bin/script'], volumes: ['/data'] })).toEqual({
    problems: [],
    notices: [],
  });
});

test('links that lead nowhere, or in a circle', async () => {
  const entries = [link('a', 'gone'), link('b', '../../c'), link('c', '/b'), link('d', '/x/y')];
  expect(await reasons([...entries, file('x', '')])).toEqual([
    '/src/a is a link to gone, which is not there',
    '/src/b is a link to ../../c, which is not there',
    '/src/c is a link to /b, which is not there',
    '/src/d is a link to /x/y, which is not there',
  ]);
});

test.each<[string, Partial<ImageConfig>, string[]]>([
  ['an entrypoint', { entrypoint: ['/bin/gone'] }, ['/bin/gone is not there']],
  ['a command', { cmd: ['gone'] }, ['gone is not there']],
  ['a command is an argument beside an entrypoint', { entrypoint: ['/app'], cmd: ['gone'] }, []],
  ['from the search path', { cmd: ['tool'], env: { PATH: '/none:/opt' } }, []],
  ['from the working directory', { cmd: ['./tool'], workingDir: '/opt' }, []],
  [
    'a file without x bits',
    { entrypoint: ['/text'] },
    ['/text cannot be executed: give it a mode with x bits'],
  ],
  ['a folder', { entrypoint: ['/opt'] }, ['/opt is not there']],
  ['another processor', { entrypoint: ['/arm'] }, ['/arm is not for amd64']],
  [
    'a script without its shell',
    { cmd: ['/script'] },
    ['/script needs /bin/sh, which is not there'],
  ],
])('the program to start: %s', async (_, config, expected) => {
  const entries = [
    file('app', makeElf()),
    file('opt/tool', makeElf()),
    file('text', 'x', 0o644),
    file('arm', makeElf({ machine: 183 })),
    file('script', '#!/bin/sh\n'),
  ];
  expect(await reasons(entries, config)).toEqual(expected);
});

test('a loader that is not there', async () => {
  const entries = [file('app', makeElf({ interpreter: LOADER }))];
  expect(await reasons(entries)).toEqual([`/src/app needs ${LOADER}, which is not there`]);
});

test('notices: scripts and programs beside the one to start, bits that nobody asked for', async () => {
  const entries = [
    ...['a', 'b', 'c', 'd'].map((name) => file(name, '#!/usr/bin/env python3\n')),
    file('arm', makeElf({ machine: 183 })),
    file('i386', makeElf({ machine: 3, bits: 32 })),
    file('su', makeElf(), 0o4755, 0o4755),
    file('lost', makeElf(), 0o755, 0o2755),
    file('asked', makeElf(), 0o4777),
    file('open', 'x', 0o666, 0o666),
  ];
  expect(await check(entries)).toEqual({
    problems: [],
    notices: [
      'no /usr/bin/env to execute /a, /b, /c and 1 more',
      'not for amd64: /arm',
      'setuid or setgid, as in the image: /su',
      'no longer setuid or setgid without a mode in files: /lost',
      'anybody can write to: /open',
    ],
  });
});
