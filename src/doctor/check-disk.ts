import { existsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import type { Finding } from './finding';

/** In bytes: a toolchain image and its build. */
const NEEDED = 5e9;

/** @param folder where the engine keeps its data, or the tree where that is on another machine */
export async function checkDisk(folder: string): Promise<Finding> {
  if (!existsSync(folder)) {
    return { check: 'disk', ok: true, text: `${folder} is not on this machine; not looked at` };
  }
  const { bavail, bsize } = await statfs(folder);
  const free = `${((bavail * bsize) / 1e9).toFixed(1)} GB free in ${folder}`;
  return bavail * bsize >= NEEDED
    ? { check: 'disk', ok: true, text: free }
    : { check: 'disk', ok: false, text: free, remedy: 'Make room: docker system prune.' };
}
