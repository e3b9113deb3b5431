import type { ImageStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import type { ImageEvent } from './apply-images';
import { bootstrap } from './bootstrap';
import type { BaseImageSpec, BootstrapSpec } from './image-spec';
import type { Reference } from './reference';

/**
 * Pulls a base image; where that fails, or no reference is given, makes it from its distribution's
 * packages.
 * @returns the image's id
 */
export async function obtainBase(
  images: ImageStore,
  { spec, reference }: { spec: BaseImageSpec; reference: Reference },
  labels: Readonly<Record<string, string>>,
  onEvent: (event: ImageEvent) => void,
): Promise<string> {
  const { from, bootstrap: recipe } = spec;
  if (from !== undefined) {
    try {
      return await pull(images, from, onEvent);
    } catch (error) {
      if (recipe === undefined || !(error instanceof BuildenvError)) throw error;
      onEvent({ kind: 'notice', text: `${error.message}; making it from packages instead` });
    }
  }
  if (recipe === undefined) throw new Error(`The base image ${spec.name} has no source`);
  return importBootstrap(images, recipe, reference, labels, onEvent);
}

async function pull(
  images: ImageStore,
  from: string,
  onEvent: (event: ImageEvent) => void,
): Promise<string> {
  await images.pullImage(from, onEvent);
  const image = await images.inspectImage(from);
  if (image === undefined)
    throw new BuildenvError('engine-failed', `${from} vanished after its pull`);
  return image.id;
}

async function importBootstrap(
  images: ImageStore,
  recipe: BootstrapSpec,
  reference: Reference,
  labels: Readonly<Record<string, string>>,
  onEvent: (event: ImageEvent) => void,
): Promise<string> {
  const id = 'bootstrap';
  const name = `bootstrap ${recipe.distribution} ${recipe.suite}`;
  onEvent({ kind: 'step', id, name, cached: false });
  const layer = await bootstrap(recipe, (text) => onEvent({ kind: 'log', id, text }));
  const changes = Object.entries(labels).map(([label, value]) => `LABEL ${label}=${value}`);
  changes.push('CMD ["/bin/sh"]');
  const image = await images.importImage({ ...reference, changes }, layer);
  onEvent({ kind: 'step-done', id });
  return image;
}
