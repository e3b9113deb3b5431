import type { ImageStore } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Manifest, Registry } from '../../registry/registry';
import type { TransferOptions } from './push-image';
import { retryTransfer } from './retry-transfer';

/**
 * Brings an image of a registry into the engine, by its digest, so that a tag that moves meanwhile
 * changes nothing. It has no reference of the registry afterwards but those that it had before.
 * @param repository without the host
 * @param use gives the image the references that it is to keep
 * @returns the image's id, and whether it had to be pulled
 * @throws {BuildenvError} `registry-unreachable`, `registry-denied`, `registry-failed`
 */
export async function pullImage(
  images: ImageStore,
  registry: Registry,
  repository: string,
  manifest: Manifest,
  use: (id: string) => Promise<void>,
  { policy, signal, onEvent }: TransferOptions,
): Promise<{ id: string; pulled: boolean }> {
  const { config, digest } = manifest;
  const known = config === undefined ? undefined : await images.inspectImage(config);
  if (known !== undefined) {
    await use(known.id);
    return { id: known.id, pulled: false };
  }
  const reference = `${registry.host}/${repository}@${digest}`;
  await retryTransfer(
    registry,
    `pull ${reference}`,
    (credential) => images.pullImage({ reference, credential, signal }, onEvent),
    { policy, signal, onRetry: (text) => onEvent({ kind: 'retry', text }) },
  );
  const image = await images.inspectImage(reference);
  if (image === undefined) {
    throw new BuildenvError('engine-failed', `${reference} is gone after its pull`);
  }
  await use(image.id);
  await images.removeImage(reference);
  return { id: image.id, pulled: true };
}
