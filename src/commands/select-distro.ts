import { defaultEnvironment } from '../config/default-environment';
import type { DistroSpec } from '../distro/distro-spec';
import { selectFiles } from '../distro/select-files';
import { selectLibraries } from '../distro/select-libraries';
import type { Selection } from '../distro/selection';
import { InterruptedError } from '../errors/interrupted-error';
import { ImageFiles } from '../rootfs/image-files';
import type { CommandContext, Project } from './command-context';
import { ensureImage } from './ensure-image';

/**
 * Looks up all that a distro selects. The engine is asked only by one that takes libraries or files
 * from an image; the image is built first where it is not up to date.
 */
export async function selectDistro(
  context: CommandContext,
  project: Project,
  spec: DistroSpec,
): Promise<Selection> {
  const fromImage = spec.files.some((file) => 'fromImage' in file);
  if (!fromImage && spec.libraries === undefined) return selectFiles(spec.files);

  const engine = await context.engine();
  const name = spec.image ?? defaultEnvironment(project).image;
  const id = await ensureImage(context, project, engine, name);
  const interruption = new AbortController();
  const stopListening = context.process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  const image = new ImageFiles(engine.containers, id, context.cacheFolder, interruption.signal);
  try {
    const selection = await selectFiles(spec.files, image);
    if (spec.libraries === undefined) return selection;
    return await selectLibraries(spec, selection, image);
  } finally {
    await image.close();
    stopListening();
  }
}
