/** A number of the file's own width; not exact beyond 2^53. */
export type Word = number;

/** Where the fields of an ELF file of one class and byte order are. In bytes. */
export interface ElfLayout {
  bits: 32 | 64;
  endian: 'little' | 'big';
  headerSize: number;
  programHeaderSize: number;
  /** Of `e_phoff` in the header. */
  programHeaderOffset: number;
  /** Of `e_phnum` in the header; `e_phentsize` is the half-word before it. */
  programHeaderCount: number;
  /** In a program header. */
  segment: { offset: number; address: number; fileSize: number };
  half(bytes: Buffer, at: number): number;
  int(bytes: Buffer, at: number): number;
  word(bytes: Buffer, at: number): Word;
}

const SIZES = {
  32: {
    bits: 32,
    headerSize: 52,
    programHeaderSize: 32,
    programHeaderOffset: 28,
    programHeaderCount: 44,
    segment: { offset: 4, address: 8, fileSize: 16 },
  },
  64: {
    bits: 64,
    headerSize: 64,
    programHeaderSize: 56,
    programHeaderOffset: 32,
    programHeaderCount: 56,
    segment: { offset: 8, address: 16, fileSize: 32 },
  },
} as const;

/**
 * @param elfClass `EI_CLASS`: 1 or 2
 * @param data `EI_DATA`: 1 or 2
 * @returns undefined for other values
 */
export function elfLayout(
  elfClass: number | undefined,
  data: number | undefined,
): ElfLayout | undefined {
  if ((elfClass !== 1 && elfClass !== 2) || (data !== 1 && data !== 2)) return undefined;
  const sizes = SIZES[elfClass === 1 ? 32 : 64];
  const little = data === 1;
  const int = (bytes: Buffer, at: number) =>
    little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
  const word64 = (bytes: Buffer, at: number) =>
    Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
  return {
    ...sizes,
    endian: little ? 'little' : 'big',
    half: (bytes, at) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at)),
    int,
    word: sizes.bits === 32 ? int : word64,
  };
}
