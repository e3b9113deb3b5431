import { BuildenvError } from '../errors/buildenv-error';
import type { RegistrySpec } from '../registry/registry-spec';
import type { Project } from './project';

/**
 * The registry with a name; without one, the first of the configuration.
 * @throws {BuildenvError} `usage` for a name that is not there, `config` where there are none
 */
export function chooseRegistry(
  { registries, file }: Pick<Project, 'registries' | 'file'>,
  name: string | undefined,
): RegistrySpec {
  const names = [...registries.keys()];
  const registry = registries.get(name ?? names[0] ?? '');
  if (registry !== undefined) return registry;
  if (names.length === 0) {
    throw new BuildenvError('config', `${file} has no registries`, {
      hint: 'add one: registries: {hub: {url: docker.io/NAME}}',
    });
  }
  throw new BuildenvError('usage', `There is no registry '${name ?? ''}'`, {
    hint: `This project has: ${names.join(', ')}.`,
  });
}
