import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContainerStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { type Caller, ROOT_UID } from './caller';
import { homeFolder } from './home-folder';
import { idleContainer } from '../image/idle-container';

const PASSWD = '/etc/passwd';
const GROUP = '/etc/group';

/** In bytes: an account file far beyond any real one. */
const LIMIT = 16 * 1024 * 1024;

/**
 * Files that give the caller a name in a container: the image's own accounts with the caller's
 * before them, so that `whoami`, `ssh` and `git` find it. They are made once for an image and a
 * caller and kept in the cache folder. Root needs none.
 * @param imageId the files are of this image
 * @param cacheFolder absolute path
 * @throws {BuildenvError} `host` where the cache folder cannot be written
 * @returns absolute path on the host by path in the container
 */
export async function accountFiles(
  containers: ContainerStore,
  imageId: string,
  caller: Caller,
  cacheFolder: string,
): Promise<Readonly<Record<string, string>>> {
  if (caller.uid === ROOT_UID) return {};
  const identity = [imageId, caller.uid, caller.gid, caller.name, homeFolder(caller)].join('\n');
  const name = createHash('sha256').update(identity).digest('hex').slice(0, 32);
  const folder = join(cacheFolder, 'accounts', name);
  const files = { [PASSWD]: join(folder, 'passwd'), [GROUP]: join(folder, 'group') };
  if (!existsSync(folder)) {
    const passwd = passwdLine(caller) + (await readAccounts(containers, imageId, PASSWD));
    const group = groupLine(caller) + (await readAccounts(containers, imageId, GROUP));
    try {
      writeFolder(folder, { passwd, group });
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new BuildenvError('host', `${folder} cannot be written: ${code ?? String(cause)}`, {
        hint: 'Set XDG_CACHE_HOME to a folder that you can write to.',
        cause,
      });
    }
  }
  return files;
}

/** @see passwd(5) */
function passwdLine(caller: Caller): string {
  return `${caller.name}:x:${caller.uid}:${caller.gid}::${homeFolder(caller)}:/bin/sh\n`;
}

/** @see group(5) */
function groupLine({ name, gid }: Caller): string {
  return `${name}:x:${gid}:\n`;
}

async function readAccounts(
  containers: ContainerStore,
  imageId: string,
  path: string,
): Promise<string> {
  // Loaded here, once for an image and a caller: no later run has a use for it.
  const { readEntries } = await import('../archive/read-entries');
  const id = await containers.createContainer(idleContainer(imageId, []));
  try {
    const archive = await containers.readArchive(id, path);
    if (archive === undefined) return '';
    const files = await readEntries(archive, () => true, LIMIT);
    return [...files.values()].map((content) => content.toString('utf8')).join('');
  } finally {
    await containers.removeContainer(id);
  }
}

/** Written beside and renamed; a run at the same time that was first has written the same. */
function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  const beside = `${folder}.${randomUUID()}`;
  try {
    mkdirSync(beside, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(beside, name), text);
    renameSync(beside, folder);
  } catch (error) {
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
}
