import type { Project } from '../../config/project';
import { buildImageTag } from '../../config/image-tags';
import type { Engine } from '../../engine/engine';
import { desireImages } from '../../image/desire-images';
import { findPresent } from '../../image/find-present';
import type { DockerfileImageSpec, ImageSpec } from '../../image/image-spec';
import { orderImages } from '../../image/order-images';
import { type ImageStep, planImages } from '../../image/plan-images';
import { readContext } from '../../image/read-context';
import type { CommandContext } from '../command-context';

export interface ImageChoice {
  /** Names; without any, the images that the environments use. */
  names: readonly string[];
  /** Build arguments over the configured ones. */
  args: Readonly<Record<string, string>>;
  /** Make the named images even if they are there. */
  rebuild: boolean;
}

/** Compares the chosen images, and what they need, with what the engine has. */
export async function planProjectImages(
  context: CommandContext,
  project: Project,
  engine: Engine,
  { names, args, rebuild }: ImageChoice,
): Promise<ImageStep[]> {
  const chosen = chosenImages(project, names);
  const ordered = orderImages(project.images, chosen).map((spec) => withArguments(spec, args));
  const desired = desireImages(ordered, readContext, {
    namespace: project.namespace,
    tag: buildImageTag(context.env).tag,
    platform: context.platform,
  });
  const present = await findPresent(engine.images, desired);
  return planImages(desired, present, new Set(rebuild ? chosen : []));
}

/** The named images; without names, those that the environments use, else all. */
export function chosenImages(
  { environments, images }: Project,
  names: readonly string[],
): readonly string[] {
  if (names.length > 0) return names;
  const used = [...environments.values()].map(({ image }) => image);
  return used.length > 0 ? [...new Set(used)] : [...images.keys()];
}

/** Arguments from the command line go to every image whose Dockerfile could declare them. */
function withArguments(spec: ImageSpec, args: Readonly<Record<string, string>>): ImageSpec {
  if (spec.kind === 'base') return spec;
  return { ...spec, args: { ...spec.args, ...args } } satisfies DockerfileImageSpec;
}
