import { readdir, readFile } from 'node:fs/promises';

/**
 * The processes that were started with a path below the folder among their arguments, as containerd
 * and its shims are with their engine's socket.
 */
export async function processesOf(folder: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const matches = await Promise.all(
    pids.map(async (pid) => {
      const args = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      return args.includes(`\0${folder}/`);
    }),
  );
  return pids.filter((_, index) => matches[index]).map(Number);
}
