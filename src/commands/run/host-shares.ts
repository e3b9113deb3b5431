import { statSync } from 'node:fs';
import type { Engine, Mount } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { findGitLayout } from '../../git/git-layout';
import { outermost, planGitFolders, planGitVariables } from '../../git/plan-git-folders';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { agentShare, engineShare, type HostShare } from '../../run/host-share';
import type { CommandContext, Project } from '../command-context';
import { isSynced, sourceMount } from './source-mount';

/** What of the host a run in an environment sees beside the tree: git's folders, agent, engine. */
export function hostShares(
  context: CommandContext,
  project: Project,
  environment: EnvironmentSpec,
  engine: Engine,
): HostShare[] {
  const { caller, env } = context;
  const shares: HostShare[] = [];
  const layout = findGitLayout(project.root);
  if (layout !== undefined) {
    const folders = planGitFolders(layout, project.root, caller.home);
    const mounts = isSynced(environment, engine)
      ? outermost(folders).map((path) => sourceMount(context, project, path, true))
      : folders.map(({ path, readOnly }): Mount => {
          return { ...sourceMount(context, project, path, false), readOnly };
        });
    shares.push({ mounts, variables: planGitVariables(layout, caller.uid) });
  }
  const agent = env['SSH_AUTH_SOCK'] ?? '';
  if (environment.ssh && agent !== '') {
    requireEngineSocket(engine, 'ssh');
    shares.push(agentShare(requireSocket(agent)));
  }
  if (environment.docker) shares.push(engineShare(requireEngineSocket(engine, 'docker')));
  return shares;
}

function requireSocket(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return path;
  throw new BuildenvError('host', `SSH_AUTH_SOCK names ${path}, which is no socket`, {
    hint: 'Start an ssh agent, or unset SSH_AUTH_SOCK.',
  });
}

function requireEngineSocket({ socket }: Engine, key: 'ssh' | 'docker'): string {
  if (socket !== undefined) return socket;
  throw new BuildenvError('config', `${key}: true needs an engine that has a socket here`, {
    hint: `Use an engine of this machine (unix://...), or remove ${key}: true.`,
  });
}
