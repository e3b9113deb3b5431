import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineFacts } from '../../ci/plan-pipeline';
import type { Project } from '../../config/project';
import { BUILD_COMMANDS, findBuildSystem } from '../../config/starter/build-system';
import { BuildenvError } from '../../errors/buildenv-error';

/**
 * What a project's pipeline is written from.
 * @throws {BuildenvError} `config` where nothing says how the tree is built
 */
export function pipelineFacts(project: Project): PipelineFacts {
  const { ci, environments, distros, registries } = project;
  const auths = [...registries.values()].map(({ auth }) => auth);
  const devices = [...environments.values()].flatMap((environment) => environment.devices);
  return {
    branch: ci.branch,
    install: ci.install,
    run: ci.run ?? usualCommands(project),
    kvm: devices.some(({ path }) => path === '/dev/kvm'),
    distros: distros.size > 0,
    publishes: registries.size > 0,
    secrets: [
      ...new Set(auths.flatMap((auth) => (auth.kind === 'basic' ? [auth.passwordVariable] : []))),
    ],
    azure: auths.some(({ kind }) => kind === 'azure'),
  };
}

function usualCommands({ root, file }: Project): readonly string[] {
  const system = findBuildSystem((name) => existsSync(join(root, name)));
  if (system !== undefined) return BUILD_COMMANDS[system];
  throw new BuildenvError('config', `Nothing in ${root} shows how it is built`, {
    hint: `Say it in ${file}: ci: {run: [make, make test]}`,
  });
}
