import { randomBytes } from 'node:crypto';
import { anonymous } from '../../../src/registry/credentials/given-credentials';
import { digestOf, PLAIN_MANIFEST } from '../../../src/registry/distribution/manifest';
import { RepositoryApi } from '../../../src/registry/distribution/repository-api';
import { AuthorizedClient } from '../../../src/registry/http/authorized-client';
import { HttpClient } from '../../../src/registry/http/http-client';
import { PersistentClient } from '../../../src/registry/http/persistent-client';
import { quick } from './open-bed';
import { ADMIN, type RegistryBed } from './registry-bed';

/**
 * Stores a small image in the bed, without an engine, under some tags.
 * @param created time in its configuration
 * @returns its digest
 */
export async function putImage(
  { host }: Pick<RegistryBed, 'host'>,
  repository: string,
  tags: readonly string[],
  created = new Date(),
): Promise<string> {
  const source = {
    ...anonymous,
    get: () => Promise.resolve({ kind: 'password', ...ADMIN } as const),
  };
  const client = new AuthorizedClient(host, new PersistentClient(new HttpClient(), quick), source);
  const api = new RepositoryApi(client, repository);
  const layer = randomBytes(100);
  const config = Buffer.from(JSON.stringify({ created: created.toISOString(), os: 'linux' }));
  await api.putBlob(layer);
  await api.putBlob(config);
  const descriptor = (mediaType: string, content: Buffer) => {
    return { mediaType, size: content.length, digest: digestOf(content) };
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: PLAIN_MANIFEST,
    config: descriptor('application/vnd.docker.container.image.v1+json', config),
    layers: [descriptor('application/vnd.docker.image.rootfs.diff.tar.gzip', layer)],
  };
  const content = Buffer.from(JSON.stringify(manifest));
  for (const tag of tags) await api.putManifest(tag, { mediaType: PLAIN_MANIFEST, content });
  return digestOf(content);
}
