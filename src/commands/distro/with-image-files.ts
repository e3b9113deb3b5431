import { defaultEnvironment } from '../../config/default-environment';
import type { DistroSpec } from '../../distro/distro-spec';
import { InterruptedError } from '../../errors/interrupted-error';
import { ImageFiles } from '../../rootfs/image-files';
import type { CommandContext, Project } from '../command-context';
import { ensureImage } from '../image/ensure-image';

/**
 * Lends the files of the image that a distro takes from; the image is built first where it is not up
 * to date.
 */
export async function withImageFiles<T>(
  context: CommandContext,
  project: Project,
  spec: DistroSpec,
  use: (image: ImageFiles) => Promise<T>,
): Promise<T> {
  const engine = await context.engine();
  const name = spec.image ?? defaultEnvironment(project).image;
  const { id } = await ensureImage(context, project, engine, name);
  const interruption = new AbortController();
  const stopListening = context.process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  const image = new ImageFiles(engine.containers, id, context.cacheFolder, interruption.signal);
  try {
    return await use(image);
  } finally {
    await image.close();
    stopListening();
  }
}
