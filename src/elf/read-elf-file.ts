import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { ElfFile, MalformedElf } from './elf-file';
import { readElf } from './read-elf';

/** Neither follows a link nor waits for a writer, should the file have become a link or a pipe. */
const OPEN_FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * Reads the few blocks of a file of this machine that its loader would need.
 * @returns undefined for what is no ELF file
 * @throws what the kernel says
 */
export function readElfFile(path: string | Buffer): ElfFile | MalformedElf | undefined {
  const file = openSync(path, OPEN_FLAGS);
  try {
    const read = (offset: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(file, bytes, 0, length, offset));
    };
    return readElf({ read });
  } finally {
    closeSync(file);
  }
}
