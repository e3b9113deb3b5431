import type { Project } from '../../config/project';
import { BuildenvError } from '../../errors/buildenv-error';

/**
 * The images that publishing is about: the named distros and build images, else all distros.
 * @throws {BuildenvError} `usage` for a name that is not there, `config` where there are no distros
 */
export function publishedNames(
  { distros, images, file }: Project,
  names: readonly string[],
): readonly string[] {
  if (names.length === 0 && distros.size === 0) {
    throw new BuildenvError('config', `${file} has no distros`, {
      hint: 'Add one, or name a build image.',
    });
  }
  for (const name of names) {
    if (distros.has(name) || images.has(name)) continue;
    throw new BuildenvError('usage', `There is no distro and no image '${name}'`, {
      hint: `This project has: ${[...distros.keys(), ...images.keys()].join(', ')}.`,
    });
  }
  return names.length === 0 ? [...distros.keys()] : [...new Set(names)];
}
