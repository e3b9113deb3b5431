import type { ByteSource } from '../../src/elf/byte-source';

interface ElfContent {
  bits?: 32 | 64;
  endian?: 'little' | 'big';
  /** x86-64 without it. */
  machine?: number;
  interpreter?: string;
  soname?: string;
  needed?: readonly string[];
  rpath?: string;
  runpath?: string;
  /** `DT_FLAGS_1`. */
  flags?: number;
}

/** An ELF file with the parts that a loader reads, made by the book: System V gABI, chapters 4 and 5. */
export function makeElf(content: ElfContent = {}): Buffer {
  const { bits = 64, endian = 'little', machine = 62, interpreter, needed = [] } = content;
  const wide = bits === 64;
  const width = bits / 8;
  const parts: Buffer[] = [];
  const number = (bytes: number, value: number) => {
    const part = Buffer.alloc(bytes);
    if (bytes === 8)
      part[endian === 'little' ? 'writeBigUInt64LE' : 'writeBigUInt64BE'](BigInt(value));
    else part[endian === 'little' ? 'writeUIntLE' : 'writeUIntBE'](value, 0, bytes);
    return part;
  };
  const half = (value: number) => number(2, value);
  const int = (value: number) => number(4, value);
  const word = (value: number) => number(width, value);

  let strings = '\0';
  const name = (text: string) => {
    const offset = Buffer.byteLength(strings);
    strings += `${text}\0`;
    return offset;
  };
  const entries: [number, number][] = needed.map((library) => [1, name(library)]);
  if (content.soname !== undefined) entries.push([14, name(content.soname)]);
  if (content.rpath !== undefined) entries.push([15, name(content.rpath)]);
  if (content.runpath !== undefined) entries.push([29, name(content.runpath)]);
  if (content.flags !== undefined) entries.push([0x6ffffffb, content.flags]);

  const headerSize = wide ? 64 : 52;
  const segmentSize = wide ? 56 : 32;
  const count = interpreter === undefined ? 2 : 3;
  const dynamicAt = headerSize + count * segmentSize;
  const dynamicSize = (entries.length + 3) * 2 * width;
  const stringsAt = dynamicAt + dynamicSize;
  const interpreterAt = stringsAt + Buffer.byteLength(strings);
  const total = interpreterAt + Buffer.byteLength(interpreter ?? '') + 1;
  const base = 0x10000;
  const segment = (type: number, offset: number, size: number) => {
    const address = base + offset;
    if (wide) parts.push(int(type), int(4), word(offset), word(address), word(address));
    else parts.push(int(type), word(offset), word(address), word(address));
    parts.push(word(size), word(size));
    if (!wide) parts.push(int(4));
    parts.push(word(1));
  };

  parts.push(Buffer.from([0x7f, 0x45, 0x4c, 0x46, wide ? 2 : 1, endian === 'little' ? 1 : 2, 1]));
  parts.push(Buffer.alloc(9), half(3), half(machine), int(1));
  parts.push(word(0), word(headerSize), word(0), int(0));
  parts.push(half(headerSize), half(segmentSize), half(count), half(0), half(0), half(0));
  segment(1, 0, total);
  segment(2, dynamicAt, dynamicSize);
  if (interpreter !== undefined) segment(3, interpreterAt, Buffer.byteLength(interpreter) + 1);
  for (const [tag, value] of entries) parts.push(word(tag), word(value));
  parts.push(word(5), word(base + stringsAt), word(10), word(Buffer.byteLength(strings)));
  parts.push(word(0), word(0), Buffer.from(strings), Buffer.from(`${interpreter ?? ''}\0`));
  return Buffer.concat(parts);
}

/** A file in memory, to be read. */
export function bufferSource(bytes: Buffer): ByteSource {
  return { read: (offset, length) => bytes.subarray(offset, offset + length) };
}
