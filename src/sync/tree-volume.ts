import { createHash, randomUUID } from 'node:crypto';
import type { VolumeStore } from '../engine/engine';
import { checkoutOf, LABEL } from '../image/labels';

const TOKEN = 'dev.buildenv.token';

/**
 * Name of the volume that a tree is synchronised with. Trees of other machines and users have their
 * own, so that each volume is written from one place.
 * @param machine what tells this machine from others
 * @param root absolute path of the tree
 */
export function treeVolume(project: string, machine: string, root: string, uid: number): string {
  const identity = [machine, root, uid].join('\n');
  const id = createHash('sha256').update(identity).digest('hex').slice(0, 16);
  return `buildenv-${project}-tree-${id}`;
}

/**
 * Makes the volume where it is not there.
 * @param owner `host:pid` of this process
 * @returns what tells it from another of the same name
 */
export async function ensureTreeVolume(
  volumes: VolumeStore,
  name: string,
  project: string,
  root: string,
  owner: string,
): Promise<string> {
  const labels = await volumes.inspectVolume(name);
  const token = labels?.[TOKEN];
  if (token !== undefined) return token;
  const made = randomUUID();
  await volumes.createVolume(name, {
    [LABEL.project]: project,
    [LABEL.kind]: 'tree',
    [LABEL.name]: root,
    [LABEL.checkout]: checkoutOf(owner, root),
    [TOKEN]: made,
  });
  return made;
}
