import { distroTag } from '../../config/image-tags';
import { branchTag } from '../../distro/branch-tag';
import type { DistroSpec } from '../../distro/distro-spec';
import { orderDistros } from '../../distro/order-distros';
import { type DistroContext, type DistroPlan, planDistro } from '../../distro/plan-distro';
import { sourceTimes } from '../../distro/source-times';
import { BuildenvError } from '../../errors/buildenv-error';
import { readRevision } from '../../git/read-revision';
import type { CommandContext, Project } from '../command-context';
import { selectDistro } from './select-distro';

/** A plan, and the plan of the distro that it stands on. */
export interface PlannedDistro {
  plan: DistroPlan;
  /** Name of that distro. */
  base: string | undefined;
  /** Absolute paths in an image, by the paths of what was taken from there. */
  fromImage: ReadonlyMap<string, string>;
  /** What is odd in it. */
  notices: readonly string[];
}

/**
 * Plans distros, each after its base. What is odd in them is shown.
 * @throws {BuildenvError} what is wrong with the files
 */
export async function planProjectDistros(
  context: CommandContext,
  project: Project,
  specs: readonly DistroSpec[],
  distroContext: DistroContext,
): Promise<PlannedDistro[]> {
  const plans = new Map<string, PlannedDistro>();
  for (const spec of specs) {
    const { name, base } = spec;
    const below = base === undefined ? undefined : plans.get(base)?.plan.asBase;
    const { notices, ...selection } = await selectDistro(context, project, spec, below);
    const said = notices.map((notice) => `${name}: ${notice}`);
    said.forEach((notice) => context.progress.notice(notice));
    const plan = planDistro(spec, selection, distroContext, below);
    const fromImage = new Map(
      selection.entries.flatMap(({ path, imagePath }) =>
        imagePath === undefined ? [] : [[path, imagePath] as const],
      ),
    );
    plans.set(name, { plan, base, fromImage, notices: said });
  }
  return [...plans.values()];
}

/** What the project's distros are made for and from, beside their files. */
export async function distroContext(
  { env, platform }: CommandContext,
  project: Project,
): Promise<DistroContext> {
  const revision = await readRevision(project.root, env);
  return {
    project: project.name,
    namespace: project.namespace,
    tag: distroTag(env, branchTag(revision)).tag,
    times: sourceTimes(env['SOURCE_DATE_EPOCH'], revision?.commitTime),
    platform,
    revision,
  };
}

/**
 * The named distros, or all, and those that they stand on, each after its base.
 * @throws {BuildenvError} `usage` for a name that is no distro; `config` where there are none
 */
export function chosenDistros({ distros, file }: Project, names: readonly string[]): DistroSpec[] {
  if (names.length === 0 && distros.size === 0) {
    throw new BuildenvError('config', `${file} has no distros`, {
      hint: 'Add one: docs/configuration.md has an example.',
    });
  }
  return orderDistros(distros, names.length === 0 ? [...distros.keys()] : names);
}
