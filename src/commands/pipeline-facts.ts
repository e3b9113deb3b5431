import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineFacts } from '../ci/plan-pipeline';
import type { Project } from '../config/project';
import { BUILD_COMMANDS, findBuildSystem } from '../config/starter/build-system';
import { BuildenvError } from '../errors/buildenv-error';

/**
 * What a project's pipeline is written from.
 * @throws {BuildenvError} `config` where nothing says how the tree is built
 */
export function pipelineFacts(project: Project): PipelineFacts {
  const { ci, environments, distros } = project;
  const devices = [...environments.values()].flatMap((environment) => environment.devices);
  return {
    branch: ci.branch,
    install: ci.install,
    run: ci.run ?? usualCommands(project),
    kvm: devices.some(({ path }) => path === '/dev/kvm'),
    distros: distros.size > 0,
    publishes: false,
    secrets: [],
    azure: false,
  };
}

function usualCommands({ root, file }: Project): readonly string[] {
  const system = findBuildSystem((name) => existsSync(join(root, name)));
  if (system !== undefined) return BUILD_COMMANDS[system];
  throw new BuildenvError('config', `Nothing in ${root} shows how it is built`, {
    hint: `Say it in ${file}: ci: {run: [make, make test]}`,
  });
}
