import { randomBytes } from 'node:crypto';
import { digestOf, PLAIN_MANIFEST } from './manifest';
import type { RepositoryApi } from './repository-api';

/**
 * Removes one tag and leaves others on the same digest. Registries delete by digest, and then all
 * tags on it; so the tag is moved to a manifest of its own, and that is deleted.
 * @returns whether it was there
 */
export async function untag(api: RepositoryApi, tag: string): Promise<boolean> {
  if ((await api.headManifest(tag)) === undefined) return false;
  const config = Buffer.from(JSON.stringify({ unique: randomBytes(16).toString('hex') }));
  const manifest = emptyManifest(config);
  // Asked before the tag moves: a registry that lets nothing be deleted throws here.
  await api.deleteManifest(digestOf(manifest));
  await api.putBlob(config);
  await api.putManifest(tag, { mediaType: PLAIN_MANIFEST, content: manifest });
  await api.deleteManifest(digestOf(manifest));
  return true;
}

function emptyManifest(config: Buffer): Buffer {
  const manifest = {
    schemaVersion: 2,
    mediaType: PLAIN_MANIFEST,
    config: {
      mediaType: 'application/vnd.docker.container.image.v1+json',
      size: config.length,
      digest: digestOf(config),
    },
    layers: [],
  };
  return Buffer.from(JSON.stringify(manifest));
}
