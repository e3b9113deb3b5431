import type { ImageStore } from '../../engine/engine';
import { formatReference, type Reference } from '../reference';

/**
 * Does something while an image has one more reference, and then takes that away again, or gives it
 * back to the image that had it before.
 * @param id of the image
 */
export async function withAlias<T>(
  images: ImageStore,
  id: string,
  alias: Reference,
  action: (reference: string) => Promise<T>,
): Promise<T> {
  const reference = formatReference(alias);
  const before = await images.inspectImage(reference);
  if (before?.id === id) return action(reference);
  await images.tagImage(id, alias.repository, alias.tag);
  try {
    return await action(reference);
  } finally {
    if (before === undefined) await images.removeImage(reference);
    else await images.tagImage(before.id, alias.repository, alias.tag);
  }
}
