import type { ImageStore, RegistryCredential } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import type { ImageEvent } from './apply-images';
import { bootstrap } from './bootstrap';
import type { BaseImageSpec, BootstrapSpec } from './image-spec';
import { upstreamReference } from './lock';
import type { Reference } from './reference';
import { untilAborted } from './until-aborted';

export interface ObtainOptions {
  labels: Readonly<Record<string, string>>;
  /** Pulls even what the engine has. */
  refresh: boolean;
  signal: AbortSignal;
  credentialFor: CredentialFor;
}

/** What the registry of a reference is to be shown. */
export type CredentialFor = (reference: string) => Promise<RegistryCredential>;

/**
 * Takes a base image that the engine has already, else pulls it; where that fails, or no reference is
 * given, makes it from its distribution's packages.
 * @returns the image's id
 */
export async function obtainBase(
  images: ImageStore,
  { spec, reference }: { spec: BaseImageSpec; reference: Reference },
  options: ObtainOptions,
  onEvent: (event: ImageEvent) => void,
): Promise<string> {
  const { refresh, signal } = options;
  const { bootstrap: recipe } = spec;
  const from = upstreamReference(spec);
  if (from !== undefined) {
    const present = await images.inspectImage(from);
    if (present !== undefined && !refresh) return present.id;
    try {
      return await untilAborted(signal, pull(images, from, options, onEvent));
    } catch (error) {
      if (!(error instanceof BuildenvError) || signal.aborted) throw error;
      if (recipe === undefined) {
        if (present === undefined) throw withRemedy(error);
        onEvent({ kind: 'notice', text: `${error.message}; the one that is here is used` });
        return present.id;
      }
      onEvent({ kind: 'notice', text: `${error.message}; making it from packages instead` });
    }
  }
  if (recipe === undefined) throw new Error(`The base image ${spec.name} has no source`);
  return importBootstrap(images, recipe, reference, options, onEvent);
}

function withRemedy(error: BuildenvError): BuildenvError {
  return new BuildenvError(error.code, error.message, {
    hint: 'Check the reference and the network; with `bootstrap` a base is made without a registry.',
    cause: error,
  });
}

async function pull(
  images: ImageStore,
  reference: string,
  { signal, credentialFor }: ObtainOptions,
  onEvent: (event: ImageEvent) => void,
): Promise<string> {
  const credential = await credentialFor(reference);
  await images.pullImage({ reference, signal, credential }, onEvent);
  const image = await images.inspectImage(reference);
  if (image === undefined) {
    throw new BuildenvError('engine-failed', `${reference} vanished after its pull`);
  }
  return image.id;
}

async function importBootstrap(
  images: ImageStore,
  recipe: BootstrapSpec,
  reference: Reference,
  { labels, signal }: ObtainOptions,
  onEvent: (event: ImageEvent) => void,
): Promise<string> {
  const id = 'bootstrap';
  const name = `bootstrap ${recipe.distribution} ${recipe.suite}`;
  onEvent({ kind: 'step', id, name, cached: false });
  const layer = await bootstrap(recipe, signal, (text) => onEvent({ kind: 'log', id, text }));
  const changes = Object.entries(labels).map(([label, value]) => `LABEL ${label}=${value}`);
  changes.push('CMD ["/bin/sh"]');
  const image = await images.importImage({ ...reference, changes }, layer);
  onEvent({ kind: 'step-done', id });
  return image;
}
