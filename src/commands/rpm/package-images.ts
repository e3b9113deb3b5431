import type { Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { formatReference } from '../../image/reference';
import { applyProjectImages } from '../image/apply-project-images';
import type { CommandContext } from '../command-context';
import { planProjectImages } from '../image/plan-project-images';

/**
 * Images that packages need, built first where they are not up to date.
 * @returns ids by name
 * @throws {BuildenvError} `not-found` with `--dry-run` for an image that is not there yet
 */
export async function packageImages(
  context: CommandContext,
  engine: Engine,
  names: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const project = context.project();
  const choice = { names: [...new Set(names)], args: {}, rebuild: false };
  const steps = await planProjectImages(context, project, engine, choice);
  const missing = steps.find(({ action }) => action !== 'none');
  if (context.dryRun && missing !== undefined) {
    const reference = formatReference(missing.reference);
    throw new BuildenvError('not-found', `${reference} is not there, or not up to date`, {
      hint: `Build it first: buildenv image ${missing.name}`,
    });
  }
  return applyProjectImages(project, engine, steps, false, context);
}
