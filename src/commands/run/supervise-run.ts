import type { Readable } from 'node:stream';
import { holdName } from '../../host/hold-name';
import { applyRun } from '../../run/apply-run';
import { planContainer } from '../../run/plan-container';
import type { SessionRequest } from '../../run/session/session-request';
import { runSession } from '../../run/session/run-session';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { SignalGate } from '../../run/signal-gate';
import { type Claim, claimContainer } from '../../run/standby/claim-container';
import { prepareContainer, type StandbyOrder } from '../../run/standby/prepare-container';
import { removeFolder } from '../../run/standby/sweep-folders';
import type { Supervisor } from '../../run/supervisor';
import type { CommandContext } from '../command-context';
import { orderContainer, type SupervisedRun } from './order-container';

/** Milliseconds into a run after which the next one's container is made beside it. */
const UNHURRIED = 500;

/**
 * Runs a planned command by a supervisor: in a container that waits for it, or in a fresh one.
 * @returns its exit status
 */
export async function superviseRun(
  context: CommandContext,
  supervised: SupervisedRun,
): Promise<number> {
  const signals = new SignalGate(context.process);
  const { engine, reuse } = supervised;
  try {
    if (reuse === 'off' || engine.socket === undefined) {
      return await runFresh(context, supervised, signals);
    }
    const order = orderContainer(context, supervised, reuse, engine.socket);
    return reuse === 'keep'
      ? await runKept(context, supervised, order, signals)
      : await runStandby(context, supervised, order, signals);
  } finally {
    signals.close();
  }
}

/** A run that no container waits for. */
type FreshRun = Pick<SupervisedRun, 'engine' | 'image' | 'run' | 'secrets'> & {
  environment: Pick<EnvironmentSpec, 'grace'>;
};

/**
 * Runs a planned command in a container of its own.
 * @returns its exit status
 */
export async function superviseFresh(context: CommandContext, fresh: FreshRun): Promise<number> {
  const signals = new SignalGate(context.process);
  try {
    return await runFresh(context, fresh, signals);
  } finally {
    signals.close();
  }
}

async function runFresh(
  context: CommandContext,
  fresh: FreshRun,
  signals: SignalGate,
): Promise<number> {
  const { engine, environment, run } = fresh;
  const mounted = engine.socket !== undefined;
  const image = fresh.image ?? (await engine.images.inspectImage(run.image));
  const supervisor = context.supervisor(mounted ? undefined : image?.architecture);
  const container = planContainer({
    run,
    caller: context.caller,
    supervisor,
    mounted,
    grace: environment.grace,
    service: { kind: 'stream' },
  });
  const command = [...container.command, ...(image?.entrypoint ?? [])];
  return applyRun(
    engine.containers,
    { ...container, command },
    supervisor.version,
    sessionOf(fresh),
    context.process,
    signals,
    mounted ? undefined : await copyOf(supervisor),
  );
}

async function copyOf(supervisor: Supervisor): Promise<Readable> {
  const { packSupervisor } = await import('../../run/pack-supervisor');
  return packSupervisor(supervisor);
}

/** Whatever is wrong with the container that should wait, the run has a fresh one. */
async function runStandby(
  context: CommandContext,
  supervised: SupervisedRun,
  order: StandbyOrder,
  signals: SignalGate,
): Promise<number> {
  let prepared = false;
  const prepare = () => {
    if (!prepared) context.prepareStandby(supervised.engine, order);
    prepared = true;
  };
  const claiming = claimContainer(order.base, order.key, context.supervisor().version);
  context.process.open();
  const claim = await claiming;
  const later = setTimeout(prepare, UNHURRIED);
  try {
    const status =
      claim === undefined
        ? await runFresh(context, supervised, signals)
        : await runClaimed(context, supervised, claim, signals);
    prepare();
    return status;
  } finally {
    clearTimeout(later);
    if (claim !== undefined) removeFolder(claim.folder);
  }
}

async function runKept(
  context: CommandContext,
  supervised: SupervisedRun,
  order: StandbyOrder,
  signals: SignalGate,
): Promise<number> {
  const { base, key } = order;
  const { version } = context.supervisor();
  let claim = await claimContainer(base, key, version);
  if (claim === undefined) {
    await holdName(`buildenv-standby-${key}`, () => prepareContainer(supervised.engine, order));
    claim = await claimContainer(base, key, version);
  }
  return claim === undefined
    ? runFresh(context, supervised, signals)
    : runClaimed(context, supervised, claim, signals);
}

function runClaimed(
  context: CommandContext,
  supervised: SupervisedRun,
  { connection }: Claim,
  signals: SignalGate,
): Promise<number> {
  return runSession(connection, sessionOf(supervised), context.process, signals);
}

function sessionOf({ run, secrets }: Pick<SupervisedRun, 'run' | 'secrets'>): SessionRequest {
  const { workingDir, command, env } = run;
  return {
    cwd: workingDir,
    command,
    env: [...env, ...secrets.variables],
    secrets: secrets.files,
  };
}
