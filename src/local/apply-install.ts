import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { BuildenvError } from '../errors/buildenv-error';
import type { InstallPlan } from './plan-install';

/** Descriptor of standard error: what the package manager says is no result of ours. */
const STDERR = 2;

/**
 * Runs the package manager, which may ask on the terminal.
 * @throws {BuildenvError} `host` when it cannot be started or fails
 */
export async function applyInstall({ argv }: InstallPlan): Promise<void> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { stdio: ['inherit', STDERR, STDERR] });
  const [status, signal] = (await once(child, 'close').catch((cause: unknown) => {
    throw new BuildenvError('host', `${program} cannot be started`, {
      hint: 'Run the same as root.',
      cause,
    });
  })) as [number | null, NodeJS.Signals | null];
  if (status === 0) return;
  throw new BuildenvError('host', `${program} ended with ${signal ?? `status ${String(status)}`}`, {
    hint: 'What it said is above.',
  });
}
