import { basename } from 'node:path';
import type { ContainerSpec, Engine, ImageDetails } from '../../engine/engine';
import { LABEL } from '../../image/labels';
import type { EnvironmentSpec, Reuse } from '../../run/environment-spec';
import { planContainer } from '../../run/plan-container';
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
  { environment: { grace, idle }, run }: SupervisedRun,
  reuse: Exclude<Reuse, 'off'>,
  engine: string,
): StandbyOrder {
  const { caller, runtimeFolder: base } = context;
  const supervisor = context.supervisor();
  const kind = reuse === 'keep' ? 'many' : 'once';
  const inFolder = (folder: string) =>
    planContainer({
      run,
      caller,
      supervisor,
      mounted: true,
      grace,
      service: { kind, folder, idle },
    });
  const key = standbyKey(standbyFacts(inFolder(base), base, supervisor.version, engine));
  const folder = newFolder(base, key);
  const container = inFolder(folder);
  const labels = { ...container.labels, [LABEL.key]: key };
  const name = `buildenv-${basename(folder)}`;
  return { base, key, folder, container: { ...container, name, labels } };
}
