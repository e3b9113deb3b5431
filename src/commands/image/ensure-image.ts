import { buildImageTag } from '../../config/image-tags';
import type { Project } from '../../config/project';
import type { Engine, ImageDetails } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { formatReference, imageReference } from '../../image/reference';
import { applyProjectImages } from './apply-project-images';
import type { CommandContext } from '../command-context';
import { planProjectImages } from './plan-project-images';
import { preferPulls } from './prefer-pulls';

/**
 * One of the project's build images, pulled or built first where it is not there or not up to date.
 * One whose tag was chosen by a variable is taken as it is.
 * @returns its id, and what the engine said of it where it was there
 * @throws {BuildenvError} `not-found` in a dry run for one that would have to be built
 */
export async function ensureImage(
  context: CommandContext,
  project: Project,
  engine: Engine,
  name: string,
): Promise<{ id: string; details?: ImageDetails | undefined }> {
  const { tag, explicit } = buildImageTag(context.env);
  const reference = formatReference(imageReference(project.namespace, name, tag));
  if (explicit) {
    const image = await engine.images.inspectImage(reference);
    if (image !== undefined) return { id: image.id, details: image };
  }
  const choice = { names: [name], args: {}, rebuild: false };
  const steps = await planProjectImages(context, project, engine, choice);
  const ready = steps.find((step) => step.name === name);
  if (ready?.action === 'none') return ready;
  if (context.dryRun) {
    throw new BuildenvError('not-found', `${reference} is not there, or not up to date`, {
      hint: `Build it first: buildenv image ${name}`,
    });
  }
  const preferred = await preferPulls(context, project, steps, [name]);
  const ids = await applyProjectImages(project, engine, preferred, false, context);
  return { id: ids.get(name) ?? reference };
}
