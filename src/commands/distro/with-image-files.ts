import { defaultEnvironment } from '../../config/default-environment';
import type { DistroSpec } from '../../distro/distro-spec';
import { InterruptedError } from '../../errors/interrupted-error';
import { ImageFiles } from '../../rootfs/image-files';
import type { CommandContext, Project } from '../command-context';
import { ensureImage } from '../image/ensure-image';

/**
 * The image that a distro takes files or libraries from, built first where it is not up to date.
 * @returns its id; undefined where it takes from none
 */
export async function sourceImage(
  context: CommandContext,
  project: Project,
  spec: DistroSpec,
): Promise<string | undefined> {
  const takes = spec.libraries !== undefined || spec.files.some((file) => 'fromImage' in file);
  if (!takes) return undefined;
  const name = spec.image ?? defaultEnvironment(project).image;
  return (await ensureImage(context, project, await context.engine(), name)).id;
}

/** Lends the files of the image that a distro takes from, see {@link sourceImage}. */
export async function withImageFiles<T>(
  context: CommandContext,
  image: string,
  use: (files: ImageFiles) => Promise<T>,
): Promise<T> {
  const { containers } = await context.engine();
  const interruption = new AbortController();
  const stopListening = context.process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  const { owner, cacheFolder } = context;
  const container = { project: context.project().name, owner };
  const { signal } = interruption;
  const files = new ImageFiles(containers, image, container, cacheFolder, signal);
  try {
    return await use(files);
  } finally {
    await files.close();
    stopListening();
  }
}
