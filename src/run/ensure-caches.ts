import { packEntries } from '../archive/pack-entries';
import type { Engine } from '../engine/engine';
import { LABEL } from '../image/labels';
import { cacheVolume } from './cache-volume';
import { type Caller, ROOT_UID } from './caller';
import { idleContainer } from '../image/idle-container';

const MOUNT_POINT = 'cache';

/**
 * Makes the volumes of the caches that are not there yet, each owned by the caller.
 * @param image any image of the engine: a container of it, never started, reaches the volume
 */
export async function ensureCaches(
  engine: Engine,
  project: string,
  caches: readonly string[],
  caller: Caller,
  image: string,
): Promise<void> {
  await Promise.all(
    caches.map(async (cache) => {
      const volume = cacheVolume(project, cache, caller.uid);
      if ((await engine.volumes.inspectVolume(volume)) !== undefined) return;
      await engine.volumes.createVolume(volume, {
        [LABEL.project]: project,
        [LABEL.kind]: 'cache',
        [LABEL.name]: cache,
      });
      if (caller.uid !== ROOT_UID) await giveVolume(engine, volume, caller, image);
    }),
  );
}

/** An engine makes a volume as root's; unpacking an entry for its top folder changes the owner. */
async function giveVolume(
  { containers, volumes }: Engine,
  volume: string,
  { uid, gid }: Caller,
  image: string,
): Promise<void> {
  const mount = { type: 'volume', source: volume, target: `/${MOUNT_POINT}` } as const;
  const top = { kind: 'folder', path: MOUNT_POINT, mode: 0o755, uid, gid, mtime: 0 } as const;
  try {
    const id = await containers.createContainer(idleContainer(image, [mount]));
    await containers
      .writeArchive(id, '/', packEntries([top]))
      .finally(() => containers.removeContainer(id));
  } catch (error) {
    await volumes.removeVolume(volume).catch(() => undefined);
    throw error;
  }
}
