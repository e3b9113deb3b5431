import { readFile, rename, writeFile } from 'node:fs/promises';

/**
 * One process, told apart from every later one with the same number: by when it started, in clock
 * ticks since the machine did, and by which start of the machine that was.
 */
export interface ProcessRecord {
  pid: number;
  startTime: string;
  bootId: string;
}

/** Undefined where no such process runs; one that has ended but is not yet reaped does not run. */
export async function recordProcess(pid: number): Promise<ProcessRecord | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The second field, the program's name in parentheses, may contain anything; proc(5).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, startTime] = [fields[0], fields[19]];
    if (state === 'Z' || state === 'X' || startTime === undefined) return undefined;
    const bootId = await readFile('/proc/sys/kernel/random/boot_id', 'utf8');
    return { pid, startTime, bootId: bootId.trim() };
  } catch {
    return undefined;
  }
}

export async function writeProcessRecord(file: string, record: ProcessRecord): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(record)}\n`);
  await rename(`${file}.new`, file);
}

/** The process that the file records, where it still runs. */
export async function readLiveProcess(file: string): Promise<ProcessRecord | undefined> {
  let recorded: ProcessRecord;
  try {
    recorded = JSON.parse(await readFile(file, 'utf8')) as ProcessRecord;
  } catch {
    return undefined;
  }
  const live = await recordProcess(recorded.pid);
  const same = live?.startTime === recorded.startTime && live.bootId === recorded.bootId;
  return same ? live : undefined;
}
