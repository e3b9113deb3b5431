import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export const BUILDENV = [process.execPath, resolve(import.meta.dirname, '../../dist/buildenv.cjs')];
export const NODE = [process.execPath, '-e', '0'];

/** Between two looks at a process's peak memory, in milliseconds. */
const LOOK = 20;

/** Seconds that a command takes from start to end, and its peak memory in MB. */
async function run([program, ...args], cwd) {
  // Extra certificates cost every start of Node 100 ms, which an installed tool need not pay.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
  const begin = process.hrtime.bigint();
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  let peak = 0;
  child.stderr.on('data', (data) => (errors += data));
  const looking = setInterval(() => (peak = Math.max(peak, peakMemory(child.pid))), LOOK);
  const [status] = await once(child, 'close');
  clearInterval(looking);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: status ${status}\n${errors}`);
  return { seconds, peak };
}

function peakMemory(pid) {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000;
  } catch {
    return 0; // It has ended.
  }
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

/**
 * Runs commands in turns, after one round that is not counted, so that a change of the machine's
 * speed meets them all.
 * @param commands by name: `{ argv, cwd, before, after }`, where `before` and `after` are not timed;
 * `argv` may be a function that gives it, called after `before`
 * @returns median seconds and highest peak memory in MB, by name
 */
export async function compare(commands, rounds) {
  const results = new Map(Object.keys(commands).map((name) => [name, { seconds: [], peak: 0 }]));
  for (let round = -1; round < rounds; round++) {
    for (const [name, { argv, cwd, before, after }] of Object.entries(commands)) {
      await before?.();
      const words = typeof argv === 'function' ? argv() : argv;
      const { seconds, peak } = await run(words, cwd);
      await after?.();
      if (round < 0) continue;
      const result = results.get(name);
      result.seconds.push(seconds);
      result.peak = Math.max(result.peak, peak);
    }
  }
  return Object.fromEntries(
    [...results].map(([name, { seconds, peak }]) => [name, { seconds: median(seconds), peak }]),
  );
}

const milliseconds = (seconds) => `${(seconds * 1000).toFixed(0)} ms`;

/**
 * Prints the medians, and ours against the time that it may take.
 * @param allowed name and seconds of what ours is held against
 */
export function report(title, results, ours, [allowedName, allowed]) {
  console.log(`\n${title}`);
  for (const [name, { seconds, peak }] of Object.entries(results)) {
    console.log(`  ${name.padEnd(44)} ${milliseconds(seconds).padStart(9)}  ${peak.toFixed(0)} MB`);
  }
  compareWith(results, ours, [allowedName, allowed]);
}

/** Prints ours against the time that it may take, as {@link report} does. */
export function compareWith(results, ours, [allowedName, allowed]) {
  const ratio = results[ours].seconds / allowed;
  console.log(`  ${ours} / (${allowedName}) = ${ratio.toFixed(2)}`);
}
