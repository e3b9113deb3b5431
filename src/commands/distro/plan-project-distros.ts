import { distroTag } from '../../config/image-tags';
import { branchTag } from '../../distro/branch-tag';
import type { DistroSpec } from '../../distro/distro-spec';
import { orderDistros } from '../../distro/order-distros';
import { type DistroPlan, planDistro } from '../../distro/plan-distro';
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
}

/**
 * Plans the named distros, or all, and those that they stand on, each after its base.
 * @throws {BuildenvError} `usage` for a name that is no distro; what is wrong with the files
 */
export async function planProjectDistros(
  context: CommandContext,
  project: Project,
  names: readonly string[],
): Promise<PlannedDistro[]> {
  const { env, platform } = context;
  const specs = chosenDistros(project, names);
  const revision = await readRevision(project.root, env);
  const distroContext = {
    project: project.name,
    namespace: project.namespace,
    tag: distroTag(env, branchTag(revision)).tag,
    times: sourceTimes(env['SOURCE_DATE_EPOCH'], revision?.commitTime),
    platform,
    revision,
  };
  const plans = new Map<string, PlannedDistro>();
  for (const spec of specs) {
    const { name, base } = spec;
    const below = base === undefined ? undefined : plans.get(base)?.plan.asBase;
    const selection = await selectDistro(context, project, spec, below);
    const plan = planDistro(spec, selection, distroContext, below);
    const fromImage = new Map(
      selection.entries.flatMap(({ path, imagePath }) =>
        imagePath === undefined ? [] : [[path, imagePath] as const],
      ),
    );
    plans.set(name, { plan, base, fromImage });
  }
  return [...plans.values()];
}

function chosenDistros({ distros, file }: Project, names: readonly string[]): DistroSpec[] {
  if (names.length === 0 && distros.size === 0) {
    throw new BuildenvError('config', `${file} has no distros`, {
      hint: 'Add one: docs/configuration.md has an example.',
    });
  }
  return orderDistros(distros, names.length === 0 ? [...distros.keys()] : names);
}
