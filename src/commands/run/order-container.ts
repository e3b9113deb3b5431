import { basename } from 'node:path';
import type { ContainerSpec, Engine, ImageDetails } from '../../engine/engine';
import { LABEL } from '../../image/labels';
import { ROOT } from '../../run/caller';
import type { EnvironmentSpec, Reuse } from '../../run/environment-spec';
import { type ContainerRequest, planContainer, type Service } from '../../run/plan-container';
import type { RunSecrets } from '../../run/secret';
import { newFolder, type StandbyOrder } from '../../run/standby/prepare-container';
import { standbyFacts } from '../../run/standby/standby-facts';
import { standbyKey } from '../../run/standby/standby-key';
import type { CommandContext } from '../command-context';

/** A run, planned, and where it runs. */
export interface SupervisedRun {
  engine: Engine;
  environment: EnvironmentSpec;
  reuse: Reuse;
  /** What the engine has said of the image, where it was asked. */
  image?: ImageDetails | undefined;
  /** As it would run without a supervisor. */
  run: ContainerSpec;
  /** For the supervisor alone: no container is configured with them. */
  secrets: RunSecrets;
}

/** What the container is like that a run may find waiting, and leaves for the next. */
export function orderContainer(
  context: CommandContext,
  { environment, run }: SupervisedRun,
  reuse: Exclude<Reuse, 'off'>,
  engine: string,
): StandbyOrder {
  const kind = reuse === 'keep' ? 'many' : 'once';
  const order = orderWaiting(context, { run, caller: context.caller }, kind, environment, engine);
  return { ...order, withEntrypoint: true };
}

/** What the container is like in which a tree's agent waits. */
export function orderAgent(
  context: CommandContext,
  run: ContainerSpec,
  environment: EnvironmentSpec,
  engine: string,
): StandbyOrder {
  const order = orderWaiting(context, { run, caller: ROOT }, 'many', environment, engine);
  const labels = { ...order.container.labels, [LABEL.kind]: 'sync' };
  return { ...order, container: { ...order.container, labels }, withEntrypoint: false };
}

function orderWaiting(
  context: CommandContext,
  whose: Pick<ContainerRequest, 'run' | 'caller'>,
  kind: Exclude<Service['kind'], 'stream'>,
  { grace, idle }: EnvironmentSpec,
  engine: string,
): Omit<StandbyOrder, 'withEntrypoint'> {
  const { runtimeFolder: base } = context;
  const supervisor = context.supervisor();
  const inFolder = (folder: string) =>
    planContainer({ ...whose, supervisor, mounted: true, grace, service: { kind, folder, idle } });
  const key = standbyKey(standbyFacts(inFolder(base), base, supervisor.version, engine));
  const folder = newFolder(base, key);
  const container = inFolder(folder);
  const labels = { ...container.labels, [LABEL.key]: key };
  const name = `buildenv-${basename(folder)}`;
  return { base, key, folder, container: { ...container, name, labels } };
}
