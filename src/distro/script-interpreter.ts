import { closeSync, openSync, readSync } from 'node:fs';
import { hostPath } from '../archive/byte-name';

/** As the kernel, `BINPRM_BUF_SIZE`. */
const MOST_LINE = 256;

/**
 * The program that executes a script: the path after `#!`.
 * @param path of a file on this machine, a name as `decodeName` makes it
 * @returns undefined for what is no script
 */
export function scriptInterpreter(path: string): string | undefined {
  const file = openSync(hostPath(path), 'r');
  try {
    const bytes = Buffer.alloc(MOST_LINE);
    const text = bytes.toString('latin1', 0, readSync(file, bytes, 0, MOST_LINE, 0));
    return /^#![ \t]*(\/[^\s]*)/.exec(text)?.[1];
  } finally {
    closeSync(file);
  }
}
