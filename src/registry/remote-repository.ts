import type { RegistrySpec } from './registry-spec';

/**
 * The repository of one of the project's images in a registry: its path there, else the project's
 * namespace, and the image's name.
 */
export function remoteRepository(
  { path }: Pick<RegistrySpec, 'path'>,
  namespace: string,
  name: string,
): string {
  return `${path ?? namespace}/${name}`;
}
