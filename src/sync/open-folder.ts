import { closeSync, constants, mkdirSync, openSync } from 'node:fs';
import { hostPath } from '../archive/byte-name';

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Works in a folder below a root that is reached without following any link, even one that is put
 * there meanwhile: each step goes from the open folder before it; openat(2), proc(5).
 * @param root absolute path
 * @param parts names on the way
 * @param make whether folders that are missing are made
 * @param work gets a path that stands for the open folder
 * @throws {Error} ELOOP or ENOTDIR of the kernel for a part that is a link or no folder
 */
export function inFolder<T>(
  root: string,
  parts: readonly string[],
  make: boolean,
  work: (folder: string) => T,
): T {
  let current = openSync(root, FLAGS);
  try {
    for (const part of parts) {
      const path = hostPath(`${byDescriptor(current)}/${part}`);
      if (make) makeFolder(path);
      const next = openSync(path, FLAGS);
      closeSync(current);
      current = next;
    }
    return work(byDescriptor(current));
  } finally {
    closeSync(current);
  }
}

function makeFolder(path: string | Buffer): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

function byDescriptor(file: number): string {
  return `/proc/self/fd/${file}`;
}
