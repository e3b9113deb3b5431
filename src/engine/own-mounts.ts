import { ownContainerIds, readMountPoints } from '../host/own-container';
import { realPath } from '../host/real-path';
import { type MountedPart, mountOf } from '../host/translate-path';
import type { ContainerStore } from './engine';

/**
 * What of the container that this process is in comes from the engine's machine.
 * @param socket path of the engine's socket
 * @returns undefined where the engine sees all files as this process does: outside of a container,
 * and for an engine in the same one, whose socket is on the container's own file system. Nothing is
 * shared with an engine that does not know this container, or not as it is.
 */
export async function ownMounts(
  containers: Pick<ContainerStore, 'inspectContainer'>,
  socket: string,
): Promise<readonly MountedPart[] | undefined> {
  const ids = ownContainerIds();
  const place = realPath(socket);
  if (ids.length === 0 || place === undefined) return undefined;
  const points = readMountPoints().map((target) => ({ target }));
  if (mountOf(place, points)?.target === '/') return undefined;
  for (const id of ids) {
    const known = await containers.inspectContainer(id);
    const mounts = known?.mounts.map(({ source, target }) => {
      return { source, target: realPath(target) ?? target };
    });
    if (mounts?.every((mount) => points.some(({ target }) => target === mount.target)) === true) {
      return mounts;
    }
  }
  return [];
}
