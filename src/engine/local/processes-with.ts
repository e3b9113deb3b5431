import { readdir, readFile } from 'node:fs/promises';

/** Ids of the running processes that have an argument for which `matches` is true. */
export async function processesWith(matches: (argument: string) => boolean): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(
    pids.map(async (pid) => {
      const [, ...args] = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split(
        '\0',
      );
      return args.some(matches);
    }),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}
