import { defaultEnvironment } from '../../config/default-environment';
import { BuildenvError } from '../../errors/buildenv-error';
import type { PackageManager } from '../../local/package-manager';
import type { Packages } from '../../local/packages';
import { readHostPackages } from '../../local/read-host-packages';
import { readImagePackages } from '../../local/read-image-packages';
import type { CommandContext } from '../command-context';
import { ensureImage } from '../image/ensure-image';

export interface LocalPackages {
  image: string;
  manager: PackageManager;
  /** What was installed on purpose in the image. */
  chosen: Packages;
  /** What this machine has. */
  installed: Packages;
}

/** Compares an image with this machine. @param words the image's name, or nothing */
export async function localPackages(
  context: CommandContext,
  words: readonly string[],
): Promise<LocalPackages> {
  const project = context.project();
  const image = words[0] ?? defaultEnvironment(project).image;
  if (!project.images.has(image)) {
    throw new BuildenvError('usage', `There is no image '${image}'`, {
      hint: `This project has: ${[...project.images.keys()].join(', ')}.`,
    });
  }
  const engine = await context.engine();
  const { id } = await ensureImage(context, project, engine, image);
  const container = { project: project.name, owner: context.owner };
  const found = await readImagePackages(engine.containers, id, image, container);
  const { manager, chosen } = found;
  return { image, manager, chosen, installed: await readHostPackages(manager) };
}
