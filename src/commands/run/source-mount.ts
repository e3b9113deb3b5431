import { hostname } from 'node:os';
import type { Engine, Mount } from '../../engine/engine';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { treeVolume } from '../../sync/tree-volume';
import type { CommandContext, Project } from '../command-context';

/** Whether a tree is copied to the engine rather than mounted. */
export function isSynced({ source }: EnvironmentSpec, engine: Engine): boolean {
  return source === undefined ? engine.socket === undefined : source === 'sync';
}

/** A folder of the host at its own path: itself, or the volume that it is copied to. */
export function sourceMount(
  { caller }: CommandContext,
  { name }: Project,
  folder: string,
  synced: boolean,
): Mount {
  if (!synced) return { type: 'bind', source: folder, target: folder };
  const source = treeVolume(name, hostname(), folder, caller.uid);
  return { type: 'volume', source, target: folder };
}
