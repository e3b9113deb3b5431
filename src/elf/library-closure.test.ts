import { bufferSource, makeElf } from '../../test/support/make-elf';
import type { FileTree, TreeNode } from './file-tree';
import { libraryClosure } from './library-closure';
import { readElf } from './read-elf';

const LOADER = '/lib64/ld-linux-x86-64.so.2';
const LOADER_FILE = '/usr/lib64/ld-linux-x86-64.so.2';
const DEFAULTS = '/lib/x86_64-linux-gnu/\0/usr/lib/x86_64-linux-gnu/\0/lib/\0/usr/lib/\0';
const LIBRARIES = '/usr/lib/x86_64-linux-gnu';

/** Paths to contents; a string is a link to it. */
type Files = Readonly<Record<string, Buffer | string>>;

const debian: Files = {
  '/lib': 'usr/lib',
  '/lib64': 'usr/lib64',
  [LOADER_FILE]: Buffer.concat([
    makeElf({ soname: 'ld-linux-x86-64.so.2' }),
    Buffer.from(DEFAULTS),
  ]),
  [`${LIBRARIES}/libc.so.6`]: makeElf({
    soname: 'libc.so.6',
    interpreter: LOADER,
    needed: ['ld-linux-x86-64.so.2'],
  }),
};
const program = (content: Parameters<typeof makeElf>[0] = {}) =>
  makeElf({ interpreter: LOADER, ...content });
const library = (soname: string, content: Parameters<typeof makeElf>[0] = {}) =>
  makeElf({ soname, ...content });

/** A file system in memory. */
function treeOf(files: Files): FileTree {
  const contentOf = (path: string) => {
    const content = files[path];
    if (!(content instanceof Buffer)) throw new Error(`${path} is no file`);
    return Promise.resolve(content);
  };
  return {
    look: (path) => {
      const content = files[path];
      const node: TreeNode | undefined =
        typeof content === 'string'
          ? { kind: 'link', target: content }
          : content !== undefined
            ? { kind: 'file', executable: true }
            : Object.keys(files).some((file) => file.startsWith(`${path}/`))
              ? { kind: 'folder' }
              : undefined;
      return Promise.resolve(node);
    },
    elf: async (path) => readElf(bufferSource(await contentOf(path))),
    read: contentOf,
  };
}

async function closure(
  files: Files,
  roots: readonly string[],
  libraryPath: readonly string[] = [],
) {
  const { paths, missing } = await libraryClosure(treeOf(files), roots, libraryPath);
  return { paths: [...paths].sort(), missing };
}

/** The new format of glibc's dl-cache.h, with no hwcaps. */
function loaderCache(entries: readonly (readonly [string, string])[]): Buffer {
  const header = Buffer.alloc(48 + 24 * entries.length);
  header.write('glibc-ld.so.cache1.1', 0, 'latin1');
  header.writeUInt32LE(entries.length, 20);
  let strings = '';
  entries.forEach(([name, path], index) => {
    const at = 48 + 24 * index;
    header.writeUInt32LE(header.length + strings.length, at + 4);
    strings += `${name}\0`;
    header.writeUInt32LE(header.length + strings.length, at + 8);
    strings += `${path}\0`;
  });
  return Buffer.concat([header, Buffer.from(strings)]);
}

test('libraries, the loader, and the links that lead to them', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['libz.so.1', 'libc.so.6'] }),
    [`${LIBRARIES}/libz.so.1`]: 'libz.so.1.2.13',
    [`${LIBRARIES}/libz.so.1.2.13`]: library('libz.so.1', { needed: ['libc.so.6'] }),
  };
  expect(await closure(files, ['/app'])).toEqual({
    missing: [],
    paths: [
      '/lib',
      '/lib64',
      `${LIBRARIES}/libc.so.6`,
      `${LIBRARIES}/libz.so.1`,
      `${LIBRARIES}/libz.so.1.2.13`,
      LOADER_FILE,
    ],
  });
});

test('static programs, scripts, object files and damaged files need nothing', async () => {
  const files = {
    '/static': makeElf(),
    '/script': Buffer.from('#!/bin/sh\n'),
    '/damaged': program().subarray(0, 70),
  };
  expect(await closure(files, Object.keys(files))).toEqual({ paths: [], missing: [] });
});

test('a RUNPATH is for its own object, an RPATH for all that it loads', async () => {
  const of = (content: Parameters<typeof makeElf>[0]) => ({
    ...debian,
    '/app/bin/app': program({ needed: ['liba.so'], ...content }),
    '/app/lib/liba.so': library('liba.so', { needed: ['libb.so'] }),
    '/app/lib/libb.so': library('libb.so'),
  });
  const byRpath = await closure(of({ rpath: '$ORIGIN/../lib' }), ['/app/bin/app']);
  expect(byRpath.missing).toEqual([]);
  expect(byRpath.paths).toContain('/app/lib/libb.so');
  const byRunpath = await closure(of({ runpath: '${ORIGIN}/../lib' }), ['/app/bin/app']);
  expect(byRunpath.paths).toContain('/app/lib/liba.so');
  expect(byRunpath.missing).toEqual([
    {
      neededBy: '/app/lib/liba.so',
      name: 'libb.so',
      searched: [
        '/etc/ld.so.cache',
        '/lib/x86_64-linux-gnu',
        '/usr/lib/x86_64-linux-gnu',
        '/lib',
        '/usr/lib',
      ],
    },
  ]);
});

test('$ORIGIN of a library is where it was found, link or not; of a program where it really is', async () => {
  const files = {
    ...debian,
    '/bin/app': '../opt/bin/app',
    '/opt/bin/app': program({ needed: ['liba.so'], runpath: '$ORIGIN/../lib' }),
    '/opt/lib/liba.so': '../real/liba.so.1',
    '/opt/real/liba.so.1': library('liba.so', { needed: ['libb.so'], runpath: '$ORIGIN' }),
    '/opt/lib/libb.so': library('libb.so'),
  };
  const { paths, missing } = await closure(files, ['/bin/app']);
  expect(missing).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['/opt/lib/libb.so', '/opt/real/liba.so.1']));
});

test('LD_LIBRARY_PATH, $LIB and $PLATFORM', async () => {
  const files = {
    ...debian,
    '/app': program({
      needed: ['liba.so', 'libb.so', 'libc1.so'],
      runpath: '/r/$LIB:/r/$PLATFORM',
    }),
    '/env/liba.so': library('liba.so'),
    '/r/lib/x86_64-linux-gnu/liba.so': library('liba.so'),
    '/r/lib/x86_64-linux-gnu/libb.so': library('libb.so'),
    '/r/haswell/libc1.so': library('libc1.so'),
    '/r/x86_64/libc1.so': library('libc1.so'),
  };
  const { paths, missing } = await closure(files, ['/app'], ['/env']);
  expect(missing).toEqual([]);
  expect(paths.filter((path) => /^\/(env|r)/.test(path))).toEqual([
    '/env/liba.so',
    '/r/haswell/libc1.so',
    '/r/lib/x86_64-linux-gnu/libb.so',
    '/r/x86_64/libc1.so',
  ]);
});

test('libraries for better processors are taken with the plain one', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['liba.so'] }),
    [`${LIBRARIES}/liba.so`]: library('liba.so'),
    [`${LIBRARIES}/glibc-hwcaps/x86-64-v3/liba.so`]: library('liba.so', { needed: ['libv3.so'] }),
    [`${LIBRARIES}/libv3.so`]: library('libv3.so'),
  };
  expect((await closure(files, ['/app'])).paths).toEqual(
    expect.arrayContaining([
      `${LIBRARIES}/glibc-hwcaps/x86-64-v3/liba.so`,
      `${LIBRARIES}/liba.so`,
      `${LIBRARIES}/libv3.so`,
    ]),
  );
});

test('what the cache leads to needs the cache again, unless it is in a default folder', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['liba.so', 'libc.so.6'] }),
    '/local': program({ needed: ['libc.so.6'] }),
    '/usr/local/lib/liba.so': library('liba.so'),
    '/etc/ld.so.cache': loaderCache([
      ['liba.so', '/usr/local/lib/liba.so'],
      ['libc.so.6', '/lib/x86_64-linux-gnu/libc.so.6'],
      ['libgone.so', '/gone/libgone.so'],
    ]),
  };
  const { paths, missing } = await closure(files, ['/app']);
  expect(missing).toEqual([]);
  expect(paths).toEqual(expect.arrayContaining(['/etc/ld.so.cache', '/usr/local/lib/liba.so']));
  expect((await closure(files, ['/local'])).paths).not.toContain('/etc/ld.so.cache');
});

test('DF_1_NODEFLIB shuts out the default folders, in the cache too', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['libc.so.6'], flags: 0x800 }),
    '/etc/ld.so.cache': loaderCache([['libc.so.6', '/lib/x86_64-linux-gnu/libc.so.6']]),
  };
  const { missing } = await closure(files, ['/app']);
  expect(missing).toMatchObject([{ name: 'libc.so.6', searched: ['/etc/ld.so.cache'] }]);
});

test('files for another machine are passed over, as is what is no library', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['liba.so'], runpath: '/one:/two:/three' }),
    '/one/liba.so': library('liba.so', { machine: 183 }),
    '/two/liba.so': Buffer.from('INPUT(-la)'),
    '/three/liba.so': library('liba.so'),
  };
  const { paths } = await closure(files, ['/app']);
  expect(paths.filter((path) => path.endsWith('/liba.so'))).toEqual(['/three/liba.so']);
});

test('a loader that is not there is named', async () => {
  const { missing } = await closure({ '/app': program() }, ['/app']);
  expect(missing).toEqual([{ neededBy: '/app', name: LOADER, searched: [] }]);
});

test('a library that a program has loaded is there for libraries that name it', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['liba.so'], runpath: '/app-lib' }),
    '/app-lib/liba.so': library('liba.so'),
    '/plugin.so': library('plugin.so', { needed: ['liba.so', 'libc.so.6'] }),
  };
  expect((await closure(files, ['/plugin.so', '/app'])).missing).toEqual([]);
  expect((await closure(files, ['/plugin.so'])).missing).toMatchObject([{ name: 'liba.so' }]);
});

test('links in a circle and libraries that need each other end', async () => {
  const files = {
    ...debian,
    '/app': program({ needed: ['liba.so', 'libloop.so'] }),
    [`${LIBRARIES}/liba.so`]: library('liba.so', { needed: ['libb.so'] }),
    [`${LIBRARIES}/libb.so`]: library('libb.so', { needed: ['liba.so'] }),
    [`${LIBRARIES}/libloop.so`]: 'libloop.so',
  };
  const { missing } = await closure(files, ['/app']);
  expect(missing).toMatchObject([{ name: 'libloop.so' }]);
});

test('musl: its path file, its own names, RPATH and RUNPATH alike', async () => {
  const files = {
    '/lib/ld-musl-x86_64.so.1': 'x86_64-linux-musl/libc.so',
    '/lib/x86_64-linux-musl/libc.so': makeElf({ soname: 'libc.so' }),
    '/etc/ld-musl-x86_64.path': Buffer.from('/lib/x86_64-linux-musl\n/usr/lib/x86_64-linux-musl\n'),
    '/opt/app': makeElf({
      interpreter: '/lib/ld-musl-x86_64.so.1',
      needed: ['liba.so', 'libm.so.6', 'libc.so'],
      runpath: '$ORIGIN:$LIB/x',
    }),
    '/opt/liba.so': makeElf({ soname: 'liba.so', needed: ['libb.so', 'libd.so'] }),
    '/opt/libb.so': makeElf({ soname: 'libb.so', needed: ['libc.so'] }),
    '/usr/lib/x86_64-linux-musl/libd.so': makeElf({ soname: 'libd.so' }),
  };
  expect(await closure(files, ['/opt/app', '/opt/libb.so'])).toEqual({
    missing: [],
    paths: [
      '/etc/ld-musl-x86_64.path',
      '/lib/ld-musl-x86_64.so.1',
      '/lib/x86_64-linux-musl/libc.so',
      '/opt/liba.so',
      '/opt/libb.so',
      '/usr/lib/x86_64-linux-musl/libd.so',
    ],
  });
});
