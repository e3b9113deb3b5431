import { isUtf8 } from 'node:buffer';

/** Stands for the byte 0x80; the bytes up to 0xff follow it. */
const FIRST_ESCAPE = 0xdc80;
const ESCAPE = /[\uDC80-\uDCFF]/u;

/**
 * A file name as a string, whatever its bytes are: UTF-8 where they are UTF-8, and each byte that is
 * not part of such a sequence as a lone surrogate, U+DC80 to U+DCFF (PEP 383, "surrogateescape").
 * Slashes stay slashes, different names give different strings, and {@link encodeName} gives the
 * same bytes back.
 */
export function decodeName(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString();
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const sequence = bytes.subarray(at, at + sequenceLength(bytes[at] ?? 0));
    if (isUtf8(sequence)) {
      name += sequence.toString();
      at += sequence.length;
    } else {
      name += String.fromCharCode(FIRST_ESCAPE - 0x80 + (bytes[at] ?? 0));
      at += 1;
    }
  }
  return name;
}

/** The bytes of a name that {@link decodeName} made, or of any other string in UTF-8. */
export function encodeName(name: string): Buffer {
  if (!ESCAPE.test(name)) return Buffer.from(name);
  const parts = name.split(/([\uDC80-\uDCFF])/u).map((part) => {
    if (!ESCAPE.test(part)) return Buffer.from(part);
    return Buffer.from([part.charCodeAt(0) - FIRST_ESCAPE + 0x80]);
  });
  return Buffer.concat(parts);
}

/** A path for the file system of the host: a string where that has the right bytes. */
export function hostPath(name: string): string | Buffer {
  return ESCAPE.test(name) ? encodeName(name) : name;
}

/** By its first byte; 1 for a byte that begins none. */
function sequenceLength(byte: number): number {
  if (byte >= 0xf0) return 4;
  if (byte >= 0xe0) return 3;
  return byte >= 0xc0 ? 2 : 1;
}
