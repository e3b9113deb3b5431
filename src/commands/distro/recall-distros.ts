import type { DistroReport } from '../../distro/distro-report';
import type { DistroSpec } from '../../distro/distro-spec';
import { hostFilesKey, inputKey } from '../../distro/input-key';
import { isRacy, type LayerKey } from '../../distro/layer-key';
import { LayerMemory } from '../../distro/layer-memory';
import type { DistroContext } from '../../distro/plan-distro';
import { canReadCapabilities } from '../../distro/read-capabilities';
import type { CommandContext, Project } from '../command-context';
import type { PlannedDistro } from './plan-project-distros';
import { sourceImage } from './with-image-files';

/** A distro, before anything is planned. */
interface DistroLook {
  spec: DistroSpec;
  memory: LayerMemory;
  /** Before the files were looked at, by the clock of a file system. */
  lookedAt: number | undefined;
  /** Undefined where something is not there. */
  files: LayerKey | undefined;
  /** Id of the image that it takes from; undefined where it takes from none. */
  imageId: string | undefined;
  /** Whether capabilities of the host's files can be read. */
  capabilities: boolean;
}

/** Looks at the files of distros, and reads none. */
export async function lookAtDistros(
  context: CommandContext,
  project: Project,
  specs: readonly DistroSpec[],
): Promise<DistroLook[]> {
  const looks: DistroLook[] = [];
  for (const spec of specs) {
    const memory = new LayerMemory(context.cacheFolder, project.root, spec.name);
    const lookedAt = memory.now();
    const files = await hostFilesKey(spec.files);
    const imageId = await sourceImage(context, project, spec);
    const capabilities = canReadCapabilities(context.env);
    looks.push({ spec, memory, lookedAt, files, imageId, capabilities });
  }
  return looks;
}

/** The input keys of distros by their names, without those that are not known. */
export function inputKeys(
  looks: readonly DistroLook[],
  context: DistroContext,
): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const { spec, files, imageId, capabilities } of looks) {
    const base = spec.base === undefined ? undefined : keys.get(spec.base);
    if (files === undefined || (spec.base !== undefined && base === undefined)) continue;
    keys.set(spec.name, inputKey({ spec, context, imageId, capabilities, base }, files));
  }
  return keys;
}

/**
 * What was said of distros when they were last assembled, where nothing that they are made of has
 * changed and the engine has all of them. What is odd in them is shown again.
 */
export async function recallDistros(
  context: CommandContext,
  looks: readonly DistroLook[],
  inputs: ReadonlyMap<string, string>,
): Promise<DistroReport[] | undefined> {
  const known = looks.map(({ spec, memory }) => {
    const { last } = memory.read();
    return last !== undefined && last.inputs === inputs.get(spec.name) ? last : undefined;
  });
  const last = known.filter((one) => one !== undefined);
  if (last.length === 0 || last.length < looks.length) return undefined;
  const { images } = await context.engine();
  const there = await Promise.all(last.map(({ report }) => images.inspectImage(report.reference)));
  if (last.some(({ report }, index) => there[index]?.id !== report.id)) return undefined;
  return last.map(({ report, notices }) => {
    const { name, reference } = report;
    notices.forEach((notice) => context.progress.notice(notice));
    context.progress.begin(name, 'looking at its files');
    context.progress.end(name, `${reference}, nothing changed`);
    return { ...report, changed: false };
  });
}

/** For the next {@link recallDistros}; a file that may have changed unseen is not trusted. */
export function rememberDistros(
  looks: readonly DistroLook[],
  inputs: ReadonlyMap<string, string>,
  reports: readonly DistroReport[],
  planned: readonly PlannedDistro[],
): void {
  for (const { spec, memory, lookedAt, files } of looks) {
    const key = inputs.get(spec.name);
    const report = reports.find(({ name }) => name === spec.name);
    const notices = planned.find(({ plan }) => plan.name === spec.name)?.notices ?? [];
    if (key === undefined || report === undefined) continue;
    if (files === undefined || lookedAt === undefined || isRacy(files, lookedAt)) continue;
    memory.write({ ...memory.read(), last: { inputs: key, report, notices } });
  }
}
