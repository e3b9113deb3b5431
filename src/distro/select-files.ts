import type { ImageFiles } from '../rootfs/image-files';
import type { DistroFileSpec } from './distro-spec';
import { selectHostFiles } from './select-host-files';
import { selectImageFiles } from './select-image-files';
import type { Selection } from './selection';

/**
 * Looks up all that `files` select.
 *
 * @param image needed where an entry is from the image
 * @throws {BuildenvError} what the engine says; what is missing is in the result's `problems`
 */
export async function selectFiles(
  files: readonly DistroFileSpec[],
  image?: ImageFiles,
): Promise<Selection> {
  const selections: Selection[] = [];
  for (const [index, file] of files.entries()) {
    const by = `files[${index}]`;
    if ('from' in file) selections.push(await selectHostFiles(file, by));
    else if (image !== undefined) selections.push(await selectImageFiles(file, by, image));
  }
  return {
    entries: selections.flatMap(({ entries }) => entries),
    problems: selections.flatMap(({ problems }) => problems),
  };
}
