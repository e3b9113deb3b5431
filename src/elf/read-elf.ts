import type { ByteSource } from './byte-source';
import type { ElfFile, MalformedElf } from './elf-file';
import { type ElfLayout, elfLayout, type Word } from './elf-layout';

const MAGIC = Buffer.from('\x7fELF', 'latin1');
const TYPE_EXECUTABLE = 2;
const TYPE_SHARED = 3;
/** The number of program headers is elsewhere: more than any file that is loaded has. */
const PN_XNUM = 0xffff;

const PT = { load: 1, dynamic: 2, interpreter: 3 } as const;
const DT = {
  end: 0,
  needed: 1,
  strings: 5,
  stringsSize: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  flags1: 0x6ffffffb,
} as const;
const DF_1 = { noDefaultLibraries: 0x800, pie: 0x8000000 } as const;

/** Bounds of what is read at once, far beyond real files. In bytes. */
const MOST_DYNAMIC = 1 << 20;
const MOST_STRING = 4096;

interface Segment {
  type: number;
  offset: Word;
  address: Word;
  size: Word;
}

/** Thrown inside this file only; what is wrong is a result for the caller. */
class Malformed extends Error {}

/**
 * Reads what the loader needs of an ELF file of 32 or 64 bits and either byte order. Memory and time
 * are bounded whatever the file says of itself.
 *
 * Format: System V gABI 4.2 draft, chapters 4 "Object Files" and 5 "Program Loading and Dynamic
 * Linking".
 *
 * @returns undefined for what is no ELF file
 */
export function readElf(source: ByteSource): ElfFile | MalformedElf | undefined {
  const ident = source.read(0, 16);
  if (!ident.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  try {
    return read(source, ident);
  } catch (error) {
    if (error instanceof Malformed) return { malformed: error.message };
    throw error;
  }
}

function read(source: ByteSource, ident: Buffer): ElfFile {
  const layout = elfLayout(ident[4], ident[5]);
  if (layout === undefined) throw new Malformed('is an ELF file of an unknown class or byte order');
  const header = bytes(source, 0, layout.headerSize, 'ELF header');
  const type = layout.half(header, 16);
  const segments = programHeaders(source, layout, header);
  const dynamic = segments.find((segment) => segment.type === PT.dynamic);
  const entries = dynamic === undefined ? [] : dynamicEntries(source, layout, dynamic);
  const value = (tag: number) => entries.find((entry) => entry.tag === tag)?.value;
  const string = stringReader(source, segments, value(DT.strings), value(DT.stringsSize));
  const folders = (tag: number) => {
    const offset = value(tag);
    return offset === undefined ? [] : string(offset).split(':').filter(Boolean);
  };
  const flags = value(DT.flags1) ?? 0;
  const soname = value(DT.soname);
  return {
    bits: layout.bits,
    endian: layout.endian,
    machine: layout.half(header, 18),
    loadable: type === TYPE_EXECUTABLE || type === TYPE_SHARED,
    pie: has(flags, DF_1.pie),
    interpreter: interpreter(source, segments),
    soname: soname === undefined ? undefined : string(soname),
    needed: entries.filter(({ tag }) => tag === DT.needed).map((entry) => string(entry.value)),
    rpath: value(DT.runpath) === undefined ? folders(DT.rpath) : [],
    runpath: folders(DT.runpath),
    noDefaultFolders: has(flags, DF_1.noDefaultLibraries),
  };
}

function programHeaders(source: ByteSource, layout: ElfLayout, header: Buffer): Segment[] {
  const count = layout.half(header, layout.programHeaderCount);
  if (count === 0) return [];
  const size = layout.half(header, layout.programHeaderCount - 2);
  if (count === PN_XNUM || size !== layout.programHeaderSize) {
    throw new Malformed('has program headers of an unknown number or size');
  }
  const offset = layout.word(header, layout.programHeaderOffset);
  const table = bytes(source, offset, count * size, 'program header');
  return Array.from({ length: count }, (_, index) => {
    const at = index * size;
    return {
      type: layout.int(table, at),
      offset: layout.word(table, at + layout.segment.offset),
      address: layout.word(table, at + layout.segment.address),
      size: layout.word(table, at + layout.segment.fileSize),
    };
  });
}

function interpreter(source: ByteSource, segments: readonly Segment[]): string | undefined {
  const segment = segments.find(({ type }) => type === PT.interpreter);
  if (segment === undefined) return undefined;
  if (segment.size > MOST_STRING) throw new Malformed('has an interpreter with too long a name');
  const name = bytes(source, segment.offset, segment.size, 'interpreter');
  const end = name.indexOf(0);
  return name.toString('utf8', 0, end < 0 ? name.length : end);
}

function dynamicEntries(source: ByteSource, layout: ElfLayout, { offset, size }: Segment) {
  if (size > MOST_DYNAMIC) throw new Malformed('has too large a dynamic section');
  const table = bytes(source, offset, size, 'dynamic section');
  const width = layout.bits / 8;
  const entries: { tag: Word; value: Word }[] = [];
  for (let at = 0; at + 2 * width <= table.length; at += 2 * width) {
    const tag = layout.word(table, at);
    if (tag === DT.end) break;
    entries.push({ tag, value: layout.word(table, at + width) });
  }
  return entries;
}

/** The dynamic section has the address of its strings in memory; the segments say where they are. */
function stringReader(
  source: ByteSource,
  segments: readonly Segment[],
  address: Word | undefined,
  size: Word | undefined,
): (offset: Word) => string {
  return (offset) => {
    const segment = segments.find(
      (one) =>
        one.type === PT.load &&
        address !== undefined &&
        address >= one.address &&
        address - one.address < one.size,
    );
    if (segment === undefined || address === undefined || offset >= (size ?? Infinity)) {
      throw new Malformed('has a name outside its string table');
    }
    const start = segment.offset + (address - segment.address) + offset;
    const text = source.read(bounded(start), MOST_STRING);
    const end = text.indexOf(0);
    if (end < 0) throw new Malformed('has a name without an end');
    return text.toString('utf8', 0, end);
  };
}

function bytes(source: ByteSource, offset: Word, length: number, what: string): Buffer {
  const found = source.read(bounded(offset), length);
  if (found.length < length) throw new Malformed(`has a ${what} beyond its end`);
  return found;
}

/** Beyond 2^53 a number is no exact offset, and no file is that large. */
function bounded(offset: Word): number {
  if (Number.isSafeInteger(offset)) return offset;
  throw new Malformed('has an offset beyond its end');
}

/** Bitwise operators take the low 32 bits, which all known flags are in. */
function has(flags: Word, flag: number): boolean {
  return ((flags % 2 ** 32) & flag) !== 0;
}
