import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerSpec, Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { SOCKET } from '../plan-container';
import { foldersOf } from './claim-container';
import { sweepFolders } from './sweep-folders';

/** Milliseconds for a container that has started to open its socket. */
const PATIENCE = 10_000;

/** A container to be made that waits for clients. It can be written as JSON. */
export interface StandbyOrder {
  /** Folder of the sockets' folders. */
  base: string;
  key: string;
  /** Of the container's socket, in the base. */
  folder: string;
  /** Without the image's entrypoint. */
  container: ContainerSpec;
  /** Whether that goes behind the container's command. */
  withEntrypoint: boolean;
}

/** Name of the folder of a new container's socket. */
export function newFolder(base: string, key: string): string {
  return join(base, `${key}-${randomUUID().slice(0, 8)}`);
}

/**
 * Makes a container that waits for clients, unless there is one for the key. To be done by one process
 * at a time for a key.
 * @throws {BuildenvError} where the engine refuses; nothing is left then
 */
export async function prepareContainer(engine: Engine, order: StandbyOrder): Promise<void> {
  const folders = foldersOf(order.base, order.key);
  if (folders.some((folder) => existsSync(join(folder, SOCKET)))) return;
  sweepFolders(order.base, order.key);
  const { container, withEntrypoint } = order;
  const image = withEntrypoint ? await engine.images.inspectImage(container.image) : undefined;
  const command = [...container.command, ...(image?.entrypoint ?? [])];
  mkdirSync(order.folder, { recursive: true, mode: 0o700 });
  const socket = watchFor(order.folder, SOCKET);
  try {
    const id = await engine.containers.createContainer({ ...container, command });
    try {
      await engine.containers.startContainer(id);
      await socket.came();
    } catch (error) {
      await engine.containers.removeContainer(id);
      throw error;
    }
  } catch (error) {
    rmSync(order.folder, { recursive: true, force: true });
    throw error;
  } finally {
    socket.close();
  }
}

/**
 * Notes when a name appears in a folder: a client that takes the container at once removes it again.
 * Whether an engine shares this host's files shows here: elsewhere the socket never comes.
 */
function watchFor(folder: string, name: string): { came(): Promise<void>; close(): void } {
  const watcher = watch(folder);
  const seen = new Promise<boolean>((resolve) => {
    watcher.on('change', (_event, changed) => {
      if (changed === name) resolve(true);
    });
  });
  return {
    async came() {
      const came = await Promise.race([seen, delay(PATIENCE, false, { ref: false })]);
      if (!came) throw new BuildenvError('host', `No socket came in ${folder}`);
    },
    close: () => watcher.close(),
  };
}
