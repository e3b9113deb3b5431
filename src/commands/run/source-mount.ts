import type { Engine, Mount } from '../../engine/engine';
import { machineName } from '../../host/own-container';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { treeVolume } from '../../sync/tree-volume';
import type { CommandContext, Project } from '../command-context';

/**
 * Whether a tree is copied to the engine rather than mounted.
 * @param folders absolute paths of the tree and of what goes with it
 */
export function isSynced(
  { source }: EnvironmentSpec,
  engine: Engine,
  folders: readonly string[],
): boolean {
  if (source !== undefined) return source === 'sync';
  return folders.some((folder) => engine.hostPath(folder) === undefined);
}

/** A folder of the host at its own path: itself, or the volume that it is copied to. */
export function sourceMount(
  { caller }: CommandContext,
  { name }: Project,
  engine: Engine,
  folder: string,
  synced: boolean,
): Mount {
  if (!synced) return { type: 'bind', source: engine.hostPath(folder) ?? folder, target: folder };
  const source = treeVolume(name, machineName(), folder, caller.uid);
  return { type: 'volume', source, target: folder };
}
