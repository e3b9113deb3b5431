import type { ImageStore, TransferProgress } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { RetryPolicy } from '../../registry/http/retry-policy';
import type { Manifest, Registry } from '../../registry/registry';
import { isImage, planPush } from './plan-push';
import { retryTransfer } from './retry-transfer';
import { withAlias } from './with-alias';

/** What happens in a push or a pull. */
export type TransferEvent =
  | TransferProgress
  /** Something failed and is done again. */
  | { kind: 'retry'; text: string };

export interface TransferOptions {
  policy: RetryPolicy;
  /** Ends the transfer, in the engine too. */
  signal: AbortSignal;
  onEvent: (event: TransferEvent) => void;
}

export interface PushedImage {
  /** Digest of the manifest, as the registry has it under every tag. */
  digest: string;
  /** `none`: all was there. `tag`: only tags were missing. `push`: the engine pushed it. */
  action: 'none' | 'tag' | 'push';
}

/**
 * Puts an image of the engine into a registry under some tags: once by the engine, and under the
 * further tags by its manifest. What the registry has already is not sent. Afterwards every tag is
 * seen to have the image.
 * @param id the image's id in the engine
 * @param repository without the host: `kontain/km`
 * @param tags at least one; the first is pushed first
 * @throws {BuildenvError} `registry-unreachable`, `registry-denied` or `registry-failed`
 */
export async function pushImage(
  images: ImageStore,
  registry: Registry,
  { id, repository, tags }: { id: string; repository: string; tags: readonly string[] },
  options: TransferOptions,
): Promise<PushedImage> {
  const remote = await Promise.all(
    tags.map(async (tag) => [tag, await lookUp(registry, repository, tag)] as const),
  );
  const plan = planPush(id, new Map(remote));
  if (plan.kind === 'none') return { digest: plan.manifest.digest, action: 'none' };
  if (plan.kind === 'tag') {
    await tagAll(registry, repository, plan.manifest, plan.tags);
    return { digest: plan.manifest.digest, action: 'tag' };
  }
  const [first = '', ...others] = tags;
  const manifest = await pushTag(images, registry, { id, repository, tag: first }, options);
  await tagAll(registry, repository, manifest, others);
  return { digest: manifest.digest, action: 'push' };
}

/** Undefined for what is not there, or not seen: who may make a repository may not be let to look for it. */
async function lookUp(
  registry: Registry,
  repository: string,
  tag: string,
): Promise<Manifest | undefined> {
  try {
    return await registry.findManifest(repository, tag);
  } catch (error) {
    if (!(error instanceof BuildenvError && error.code === 'registry-denied')) throw error;
    // Engines try for a minute and more with credentials that are wrong.
    await registry.login();
    return undefined;
  }
}

async function pushTag(
  images: ImageStore,
  registry: Registry,
  { id, repository, tag }: { id: string; repository: string; tag: string },
  { policy, signal, onEvent }: TransferOptions,
): Promise<Manifest> {
  const alias = { repository: `${registry.host}/${repository}`, tag };
  const digest = await withAlias(images, id, alias, (reference) =>
    retryTransfer(
      registry,
      `push ${reference}`,
      (credential) => images.pushImage({ reference, credential, signal }, onEvent),
      { policy, signal, onRetry: (text) => onEvent({ kind: 'retry', text }) },
    ),
  );
  const manifest = await registry.findManifest(repository, tag);
  if (
    manifest !== undefined &&
    isImage(manifest, id) &&
    (digest ?? manifest.digest) === manifest.digest
  ) {
    return manifest;
  }
  const found = manifest === undefined ? 'nothing' : manifest.digest;
  const message = `${registry.host}/${repository}:${tag} has ${found} after the push of ${digest ?? id}`;
  throw new BuildenvError('registry-failed', message, {
    hint: 'Somebody else may push this tag at the same time. Push again.',
  });
}

async function tagAll(
  registry: Registry,
  repository: string,
  manifest: Manifest,
  tags: readonly string[],
): Promise<void> {
  for (const tag of tags) {
    await registry.tagManifest(repository, manifest, tag);
    const digest = await registry.findDigest(repository, tag);
    if (digest === manifest.digest) continue;
    const message = `${registry.host}/${repository}:${tag} has ${digest ?? 'nothing'}, not ${manifest.digest}`;
    throw new BuildenvError('registry-failed', message, { hint: 'Push again.' });
  }
}
