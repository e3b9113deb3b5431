import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** The built tool. */
export const CLI = resolve(__dirname, '../../dist/buildenv.cjs');

/** Variables of the machine that tests must not depend on: it may be an agent of a CI system. */
const NEUTRAL = { NODE_EXTRA_CA_CERTS: undefined, TF_BUILD: undefined, GITHUB_ACTIONS: undefined };

export interface CliOptions {
  cwd: string;
  /** Over the test's own variables. */
  env?: Readonly<Record<string, string | undefined>>;
  /** Standard input; empty without it. */
  input?: string | Buffer;
  uid?: number;
}

export interface CliResult {
  status: number | null;
  stdout: Buffer;
  stderr: string;
}

/** Runs the built tool as a user does. */
export async function buildenv(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = startBuildenv(args, options);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', (data: Buffer) => stdout.push(data));
  child.stderr?.on('data', (data: Buffer) => stderr.push(data));
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(options.input ?? '');
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString() };
}

/** Starts the built tool with pipes. */
export function startBuildenv(args: readonly string[], options: CliOptions): ChildProcess {
  const { cwd, env = {}, uid } = options;
  return spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { ...process.env, ...NEUTRAL, ...env },
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}
