import type { ImageStore } from '../engine/engine';
import type { DesiredImage } from './desire-images';
import type { PresentImage } from './plan-images';
import { formatReference } from './reference';

/** Asks the engine, for all at once, which of the desired images it has under which reference. */
export async function findPresent(
  images: ImageStore,
  desired: readonly DesiredImage[],
): Promise<ReadonlyMap<string, PresentImage>> {
  const rows = await Promise.all(
    desired.map(async ({ name, reference, keyReference }) => {
      const tag = formatReference(reference);
      const keyed = await images.inspectImage(formatReference(keyReference));
      const isTagged = keyed?.tags.includes(tag) === true;
      const tagged = isTagged ? keyed : await images.inspectImage(tag);
      return [name, { tagged: tagged?.id, keyed: keyed?.id, details: keyed }] as const;
    }),
  );
  return new Map(rows);
}
