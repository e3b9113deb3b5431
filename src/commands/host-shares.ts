import { statSync } from 'node:fs';
import type { Engine } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { findGitLayout } from '../git/git-layout';
import { planGitFolders, planGitVariables } from '../git/plan-git-folders';
import type { EnvironmentSpec } from '../run/environment-spec';
import { agentShare, engineShare, type HostShare } from '../run/host-share';
import type { CommandContext, Project } from './command-context';

/** What of the host a run in an environment sees beside the tree: git's folders, agent, engine. */
export function hostShares(
  { caller, env }: CommandContext,
  { root }: Project,
  environment: EnvironmentSpec,
  engine: Engine,
): HostShare[] {
  const shares: HostShare[] = [];
  const layout = findGitLayout(root);
  if (layout !== undefined) {
    shares.push({
      mounts: planGitFolders(layout, root, caller.home).map(({ path, readOnly }) => {
        return { type: 'bind', source: path, target: path, readOnly };
      }),
      variables: planGitVariables(layout, caller.uid),
    });
  }
  const agent = env['SSH_AUTH_SOCK'] ?? '';
  if (environment.ssh && agent !== '') shares.push(agentShare(requireSocket(agent)));
  if (environment.docker) shares.push(engineShare(requireEngineSocket(engine)));
  return shares;
}

function requireSocket(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return path;
  throw new BuildenvError('host', `SSH_AUTH_SOCK names ${path}, which is no socket`, {
    hint: 'Start an ssh agent, or unset SSH_AUTH_SOCK.',
  });
}

function requireEngineSocket({ socket }: Engine): string {
  if (socket !== undefined) return socket;
  throw new BuildenvError('config', 'docker: true needs an engine that has a socket here', {
    hint: 'Use an engine of this machine (unix://...), or remove docker: true.',
  });
}
