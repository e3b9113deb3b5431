import { type AssembledDistro, applyDistro } from '../../distro/apply-distro';
import { type DistroReport, distroReport } from '../../distro/distro-report';
import type { DistroSpec } from '../../distro/distro-spec';
import { LayerMemory } from '../../distro/layer-memory';
import type { DistroPlan } from '../../distro/plan-distro';
import type { CommandContext, Project } from '../command-context';
import { formatSize } from '../format-size';
import { untilInterrupted } from '../until-interrupted';
import { distroContext, type PlannedDistro, planProjectDistros } from './plan-project-distros';
import { inputKeys, lookAtDistros, recallDistros, rememberDistros } from './recall-distros';

/**
 * Assembles distros in the engine; where nothing has changed, nothing is planned.
 * @param specs each after its base
 */
export async function assembleDistros(
  context: CommandContext,
  project: Project,
  specs: readonly DistroSpec[],
): Promise<DistroReport[]> {
  const [setting, looks] = await Promise.all([
    distroContext(context, project),
    lookAtDistros(context, project, specs),
  ]);
  const inputs = inputKeys(looks, setting);
  const unchanged = await recallDistros(context, looks, inputs);
  if (unchanged !== undefined) return unchanged;

  const planned = await planProjectDistros(context, project, specs, setting);
  const reports = await assemblePlanned(context, planned);
  rememberDistros(looks, inputs, reports, planned);
  return reports;
}

/** Assembles planned distros in the engine, each after its base. */
export async function assemblePlanned(
  context: CommandContext,
  planned: readonly PlannedDistro[],
): Promise<DistroReport[]> {
  const made = new Map<string, AssembledDistro>();
  const reports: DistroReport[] = [];
  for (const { plan, base } of planned) {
    const layersBelow = base === undefined ? [] : (made.get(base)?.layers ?? []);
    const distro = await assemble(context, plan, layersBelow);
    made.set(plan.name, distro);
    reports.push(distroReport(plan, distro));
  }
  return reports;
}

async function assemble(
  context: CommandContext,
  plan: DistroPlan,
  layersBelow: AssembledDistro['layers'],
): Promise<AssembledDistro> {
  const { progress, process, cacheFolder } = context;
  progress.begin(plan.name, `assembling ${plan.entries.length} entries, ${formatSize(plan.bytes)}`);
  const engine = await context.engine();
  const memory = new LayerMemory(cacheFolder, context.project().root, plan.name);
  try {
    const made = await untilInterrupted(process, (signal) =>
      applyDistro(plan, layersBelow, { engine, memory, signal }),
    );
    progress.end(plan.name, made.changed ? made.reference : `${made.reference}, nothing changed`);
    return made;
  } catch (error) {
    progress.fail(plan.name);
    throw error;
  }
}
