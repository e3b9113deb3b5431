import type { RegistryTag } from '../registry';
import type { RepositoryApi } from './repository-api';

/**
 * What a registry knows of a tag; undefined where it is gone. The distribution API has no time of a
 * tag, so it is that of the image, and no locks.
 */
export async function describeTag(
  api: RepositoryApi,
  name: string,
): Promise<RegistryTag | undefined> {
  const manifest = await api.getManifest(name);
  if (manifest === undefined) return undefined;
  const { digest, config } = manifest;
  const updated = config === undefined ? undefined : await imageTime(api, config);
  return { name, digest, updated, locked: false };
}

async function imageTime(api: RepositoryApi, config: string): Promise<Date | undefined> {
  const blob = await api.getBlob(config);
  try {
    const { created } = JSON.parse(blob?.toString('utf8') ?? '') as { created?: string };
    const time = new Date(created ?? '');
    return Number.isNaN(time.getTime()) ? undefined : time;
  } catch {
    return undefined; // The configuration of something that is no image.
  }
}
