import type { Readable } from 'node:stream';
import type { ContainerSpec, Engine } from '../engine/engine';
import { applyRun } from '../run/apply-run';
import type { EnvironmentSpec } from '../run/environment-spec';
import { planContainer } from '../run/plan-container';
import { SignalGate } from '../run/signal-gate';
import type { Supervisor } from '../run/supervisor';
import type { CommandContext } from './command-context';

/**
 * Runs a planned command by a supervisor.
 * @param run as it would run without one
 * @returns its exit status
 */
export async function superviseRun(
  context: CommandContext,
  engine: Engine,
  { grace }: EnvironmentSpec,
  run: ContainerSpec,
): Promise<number> {
  const { caller, process } = context;
  const mounted = engine.socket !== undefined;
  const signals = new SignalGate(process);
  try {
    const details = await engine.images.inspectImage(run.image);
    const entrypoint = details?.entrypoint ?? [];
    const supervisor = context.supervisor(mounted ? undefined : details?.architecture);
    const container = planContainer({
      run,
      caller,
      supervisor,
      mounted,
      entrypoint,
      grace,
      service: { kind: 'stream' },
    });
    const request = { cwd: run.workingDir, command: run.command, env: run.env };
    const { version } = supervisor;
    const copy = mounted ? undefined : await copyOf(supervisor);
    return await applyRun(engine.containers, container, version, request, process, signals, copy);
  } finally {
    signals.close();
  }
}

async function copyOf(supervisor: Supervisor): Promise<Readable> {
  const { packSupervisor } = await import('../run/pack-supervisor');
  return packSupervisor(supervisor);
}
