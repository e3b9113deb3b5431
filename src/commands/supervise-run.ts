import type { ContainerSpec, Engine } from '../engine/engine';
import { applyRun } from '../run/apply-run';
import type { EnvironmentSpec } from '../run/environment-spec';
import { planContainer } from '../run/plan-container';
import { SignalGate } from '../run/signal-gate';
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
  const supervisor = context.supervisor();
  const signals = new SignalGate(process);
  try {
    const details = await engine.images.inspectImage(run.image);
    const entrypoint = details?.entrypoint ?? [];
    const container = planContainer({
      run,
      caller,
      supervisor,
      entrypoint,
      grace,
      service: { kind: 'stream' },
    });
    const request = { cwd: run.workingDir, command: run.command, env: run.env };
    const { version } = supervisor;
    return await applyRun(engine.containers, container, version, request, process, signals);
  } finally {
    signals.close();
  }
}
