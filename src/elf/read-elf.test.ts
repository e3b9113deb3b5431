import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bufferSource, makeElf } from '../../test/support/make-elf';
import { readElf } from './read-elf';
import { readElfFile } from './read-elf-file';

const read = (bytes: Buffer) => readElf(bufferSource(bytes));

test.each([
  [64, 'little'],
  [64, 'big'],
  [32, 'little'],
  [32, 'big'],
] as const)('all that a loader needs, %d bits, %s-endian', (bits, endian) => {
  const file = makeElf({
    bits,
    endian,
    machine: 22,
    interpreter: '/lib/ld.so.1',
    soname: 'libown.so.1',
    needed: ['libone.so', 'libtwö.so.2'],
    runpath: '$ORIGIN/../lib:/opt/lib',
    flags: 0x800 | 0x8000000,
  });
  expect(read(file)).toEqual({
    bits,
    endian,
    machine: 22,
    loadable: true,
    pie: true,
    interpreter: '/lib/ld.so.1',
    soname: 'libown.so.1',
    needed: ['libone.so', 'libtwö.so.2'],
    rpath: [],
    runpath: ['$ORIGIN/../lib', '/opt/lib'],
    noDefaultFolders: true,
  });
});

test('an RPATH counts without a RUNPATH only', () => {
  expect(read(makeElf({ rpath: '/a::/b' }))).toMatchObject({ rpath: ['/a', '/b'], runpath: [] });
  const both = read(makeElf({ rpath: '/a', runpath: '/b' }));
  expect(both).toMatchObject({ rpath: [], runpath: ['/b'] });
});

test('a real program of this machine', () => {
  expect(readElfFile(process.execPath)).toMatchObject({ bits: 64, loadable: true });
});

test('what is no ELF file', () => {
  expect(read(Buffer.from(''))).toBeUndefined();
  expect(read(Buffer.from('#!/bin/sh\n'))).toBeUndefined();
  expect(read(Buffer.from('\x7fELV'))).toBeUndefined();
});

test('a file that breaks off anywhere is malformed, or read without what is gone', () => {
  const file = makeElf({ interpreter: '/lib/ld.so.1', needed: ['libone.so'] });
  for (let length = 4; length < file.length - 1; length++) {
    const result = read(file.subarray(0, length));
    expect(result).toEqual({ malformed: expect.any(String) as string });
  }
});

test.each([
  ['class', 4, 3],
  ['byte order', 5, 0],
])('an unknown %s is refused', (_, at, value) => {
  const file = makeElf();
  file[at] = value;
  expect(read(file)).toEqual({ malformed: 'is an ELF file of an unknown class or byte order' });
});

test('sizes and offsets beyond all bounds are refused, not read', () => {
  const file = makeElf({ needed: ['libone.so'] });
  const dynamic = 64 + 56;
  const changed = (at: number, value: bigint) => {
    const copy = Buffer.from(file);
    copy.writeBigUInt64LE(value, at);
    return read(copy);
  };
  expect(changed(dynamic + 32, 1n << 62n)).toEqual({
    malformed: 'has too large a dynamic section',
  });
  expect(changed(dynamic + 8, 1n << 62n)).toEqual({ malformed: 'has an offset beyond its end' });
  expect(changed(dynamic + 8, 1n << 40n)).toEqual({
    malformed: 'has a dynamic section beyond its end',
  });
  expect(changed(dynamic + 56 + 8, 1n << 63n)).toMatchObject({
    malformed: expect.any(String) as string,
  });
});

/** Marsaglia's xorshift: the same numbers each time. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

test('20,000 mutated files: a result or what is wrong, soon and with little memory', () => {
  const seeds = ([32, 64] as const).flatMap((bits) =>
    (['little', 'big'] as const).map((endian) =>
      makeElf({
        bits,
        endian,
        interpreter: '/lib/ld-linux.so.2',
        soname: 'libown.so',
        needed: ['libone.so', 'libtwo.so', 'libthree.so'],
        rpath: '$ORIGIN:/lib',
        flags: 1,
      }),
    ),
  );
  const random = randomNumbers(20_000);
  const extremes = [0, 1, 0x7f, 0x80, 0xff];
  let largest = 0;
  let malformed = 0;
  for (let round = 0; round < 20_000; round++) {
    let file = Buffer.from(seeds[round % seeds.length] ?? Buffer.alloc(0));
    for (let changes = 1 + random(8); changes > 0; changes--) {
      const at = 4 + random(file.length - 4);
      file[at] = random(2) === 0 ? (extremes[random(extremes.length)] ?? 0) : random(256);
    }
    if (random(8) === 0) file = file.subarray(0, random(file.length));
    const result = readElf({
      read: (offset, length) => {
        largest = Math.max(largest, length);
        return file.subarray(offset, offset + length);
      },
    });
    if (result !== undefined && 'malformed' in result) malformed += 1;
    else if (result !== undefined) expect(Array.isArray(result.needed)).toBe(true);
  }
  expect(largest).toBeLessThanOrEqual(4 << 20);
  expect(malformed).toBeGreaterThan(1000);
  expect(malformed).toBeLessThan(19_000);
}, 20_000);

test('a file of only library names is read in a moment', () => {
  const needed = Array.from({ length: 20_000 }, () => 'x');
  const folder = mkdtempSync(join(tmpdir(), 'read-elf-'));
  try {
    writeFileSync(join(folder, 'many'), makeElf({ needed }));
    const elf = readElfFile(join(folder, 'many'));
    expect(elf !== undefined && 'needed' in elf ? elf.needed.length : 0).toBe(20_000);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 20_000);
