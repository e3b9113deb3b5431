import { BuildenvError } from '../errors/buildenv-error';
import type { EnvironmentSpec } from '../run/environment-spec';
import type { Project } from './project';

const DEFAULT_NAME = 'default';

/**
 * The environment that is meant where none is named: the one called `default`, or the only one.
 * @throws {BuildenvError} `config` without environments, `usage` where several are there
 */
export function defaultEnvironment(project: Project): EnvironmentSpec {
  const all = [...project.environments.values()];
  const environment = project.environments.get(DEFAULT_NAME) ?? (all.length === 1 ? all[0] : null);
  if (environment) return environment;
  if (all.length === 0) {
    const hint = 'add one: environments: {default: {image: NAME}}';
    throw new BuildenvError('config', `${project.file} has no environments`, { hint });
  }
  const names = all.map(({ name }) => name).join(', ');
  throw new BuildenvError('usage', `which environment? ${project.file} has ${names}`, {
    hint: `call the one that runs use '${DEFAULT_NAME}'`,
  });
}
