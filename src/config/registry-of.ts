import type { RegistrySpec } from '../registry/registry-spec';
import type { Project } from './project';

/** How a host is asked: as the configuration says, else with what the docker client has for it. */
export function registryOf(
  { registries }: Pick<Project, 'registries'>,
  host: string,
): RegistrySpec {
  const configured = [...registries.values()].find((registry) => registry.host === host);
  return configured ?? { name: host, host, auth: { kind: 'docker' } };
}
