import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_SIZE = 1024 * 1024;

/** SHA-256 of a file's content, hexadecimal, in constant memory. */
export function hashFile(path: string): string {
  const hash = createHash('sha256');
  const chunk = Buffer.allocUnsafe(CHUNK_SIZE);
  const file = openSync(path, 'r');
  try {
    for (;;) {
      const count = readSync(file, chunk);
      if (count === 0) return hash.digest('hex');
      hash.update(chunk.subarray(0, count));
    }
  } finally {
    closeSync(file);
  }
}
