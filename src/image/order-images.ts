import { BuildenvError } from '../errors/buildenv-error';
import type { ImageSpec } from './image-spec';

/**
 * The named images and all that they need, each after what it needs.
 * @throws {BuildenvError} `not-found` for a name that is no image of the project
 */
export function orderImages(
  images: ReadonlyMap<string, ImageSpec>,
  names: readonly string[],
): ImageSpec[] {
  const ordered = new Map<string, ImageSpec>();
  const visit = (name: string) => {
    if (ordered.has(name)) return;
    const spec = images.get(name);
    if (spec === undefined) throw unknownImage(name, images);
    if (spec.kind === 'dockerfile') spec.needs.forEach(visit);
    ordered.set(name, spec);
  };
  names.forEach(visit);
  return [...ordered.values()];
}

function unknownImage(name: string, images: ReadonlyMap<string, ImageSpec>): BuildenvError {
  return new BuildenvError('usage', `There is no image '${name}'`, {
    hint: `This project has: ${[...images.keys()].join(', ')}.`,
  });
}
