import type { ImageStore } from '../engine/engine';
import { baseReferences } from './base-references';
import type { ImageEvent } from './apply-images';
import type { CredentialFor } from './obtain-base';

/**
 * Pulls what a Dockerfile is built on where the engine does not have it and there are credentials for
 * its registry. A builder is handed none: BuildKit asks for them by a gRPC session alone, and takes
 * an image that the engine has. What is public it pulls itself.
 */
export async function pullPrivateBases(
  images: ImageStore,
  dockerfile: string,
  args: Readonly<Record<string, string>>,
  { signal, credentialFor }: { signal: AbortSignal; credentialFor: CredentialFor },
  onEvent: (event: ImageEvent) => void,
): Promise<void> {
  const pulls = baseReferences(dockerfile, args).map(async (reference) => {
    if ((await images.inspectImage(reference)) !== undefined) return;
    const credential = await credentialFor(reference);
    if (credential.kind === 'anonymous') return;
    await images.pullImage({ reference, signal, credential }, onEvent);
  });
  await Promise.all(pulls);
}
