import { readFile } from 'node:fs/promises';
import type { HostPrograms } from './host-programs';

/** Unmounts what is mounted on the folders and below them, the newest first. */
export async function unmountBelow(
  programs: HostPrograms,
  folders: readonly string[],
): Promise<void> {
  const mounts = await readFile('/proc/self/mounts', 'utf8');
  const targets = mounts
    .split('\n')
    .map((line) => unescape(line.split(' ')[1] ?? ''))
    .filter((target) => folders.some((folder) => `${target}/`.startsWith(`${folder}/`)));
  for (const target of targets.reverse()) await programs.run('umount', ['-l', target]);
}

/** A path as the kernel lists mounts has blanks and backslashes in octal; proc(5). */
function unescape(path: string): string {
  return path.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
