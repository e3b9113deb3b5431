import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Folders of sockets that belong to no container.
 * @param keys of the containers that wait or are kept
 */
export function deadFolders(base: string, keys: ReadonlySet<string>): string[] {
  if (!existsSync(base)) return [];
  return readdirSync(base)
    .filter((name) => /^[0-9a-f]{16}-[0-9a-f]{8}$/.test(name) && !keys.has(name.slice(0, 16)))
    .map((name) => join(base, name));
}

export function removeFolders(folders: readonly string[]): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}
