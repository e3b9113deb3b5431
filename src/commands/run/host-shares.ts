import { statSync } from 'node:fs';
import type { Engine, Mount } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { findGitLayout, type GitLayout } from '../../git/git-layout';
import {
  type GitFolder,
  outermost,
  planGitFolders,
  planGitVariables,
} from '../../git/plan-git-folders';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { agentShare, engineShare, type HostShare } from '../../run/host-share';
import type { CommandContext, Project } from '../command-context';
import { sourceMount } from './source-mount';

/** What git needs in a run. */
export interface GitFolders {
  layout: GitLayout;
  folders: readonly GitFolder[];
}

/** Undefined for a tree that is in no work tree of git's. */
export function findGitFolders(
  { caller }: CommandContext,
  { root }: Project,
): GitFolders | undefined {
  const layout = findGitLayout(root);
  return layout && { layout, folders: planGitFolders(layout, root, caller.home) };
}

/** What of the host a run in an environment sees beside the tree: git's folders, agent, engine. */
export function hostShares(
  context: CommandContext,
  project: Project,
  environment: EnvironmentSpec,
  engine: Engine,
  git: GitFolders | undefined,
  synced: boolean,
): HostShare[] {
  const { caller, env } = context;
  const shares: HostShare[] = [];
  if (git !== undefined) {
    const mount = (path: string) => sourceMount(context, project, engine, path, synced);
    const mounts = synced
      ? outermost(git.folders).map(mount)
      : git.folders.map(({ path, readOnly }): Mount => ({ ...mount(path), readOnly }));
    shares.push({ mounts, variables: planGitVariables(git.layout, caller.uid) });
  }
  const agent = env['SSH_AUTH_SOCK'] ?? '';
  if (environment.ssh && agent !== '') {
    const source = engine.hostPath(requireSocket(agent));
    shares.push(agentShare(agent, seenByEngine(source, 'ssh', agent)));
  }
  if (environment.docker) {
    shares.push(engineShare(seenByEngine(engine.hostSocket, 'docker', 'its own socket')));
  }
  return shares;
}

function requireSocket(path: string): string {
  if (statSync(path, { throwIfNoEntry: false })?.isSocket() === true) return path;
  throw new BuildenvError('host', `SSH_AUTH_SOCK names ${path}, which is no socket`, {
    hint: 'Start an ssh agent, or unset SSH_AUTH_SOCK.',
  });
}

function seenByEngine(path: string | undefined, key: 'ssh' | 'docker', what: string): string {
  if (path !== undefined) return path;
  throw new BuildenvError(
    'config',
    `${key}: true needs an engine of this machine that sees ${what}`,
    {
      hint: `Use an engine of this machine (unix://...), mount the socket where this is a container, or remove ${key}: true.`,
    },
  );
}
