import { existsSync, readdirSync, rmdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { engineMark } from './standby-key';

/** Milliseconds after which a folder without a socket is not of a container that is being made. */
const MAKING = 60_000;

/**
 * Folders of sockets that belong to no container of an engine.
 * @param engine path of its socket
 * @param keys of the containers that wait or are kept
 */
export function deadFolders(base: string, engine: string, keys: ReadonlySet<string>): string[] {
  const mark = engineMark(engine);
  return namesIn(base)
    .filter((name) => name.startsWith(mark) && !keys.has(keyOf(name)))
    .map((name) => join(base, name));
}

export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

/**
 * Removes the folders of containers that took a client or ended by themselves: those without a socket,
 * of a key whose only maker this is, and of others where they are old.
 */
export function sweepFolders(base: string, key: string): void {
  for (const name of namesIn(base)) {
    const folder = join(base, name);
    const age = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (keyOf(name) === key || age > MAKING) removeFolder(folder);
  }
}

/** Removes the folder of a socket that is gone; one with a socket stays. */
export function removeFolder(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It is in use again, or gone.
  }
}

function namesIn(base: string): string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base).filter((name) => /^[0-9a-f]{16}-[0-9a-f]{8}$/.test(name));
}

const keyOf = (name: string) => name.slice(0, 16);
