import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { tarEntries } from '../archive/tar-entries';
import type { ContainerStore } from '../engine/engine';
import { type ContainerOwner, idleContainer } from '../image/idle-container';

/** A file, folder or link of an image, without its content. */
export interface ListedEntry {
  kind: 'file' | 'folder' | 'link' | 'hardlink' | 'other';
  mode: number;
  uid: number;
  gid: number;
  /** In bytes. */
  size: number;
  /** Of a link. */
  target: string;
  /** SHA-256 of a file's content, in hexadecimal digits; empty for the rest. */
  digest: string;
}

/**
 * Lists all that is in an image by absolute path, read once through the engine from a container that
 * is never started. Memory grows with the number of entries, not with their sizes.
 *
 * @param image its id
 * @param owner of the container
 * @param signal ends it with its reason
 * @throws {BuildenvError} what the engine says
 */
export async function listImage(
  containers: ContainerStore,
  image: string,
  owner: ContainerOwner,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, ListedEntry>> {
  signal.throwIfAborted();
  const listing = new Map<string, ListedEntry>();
  const container = await containers.createContainer(idleContainer(image, owner));
  const abort = new AbortController();
  try {
    const archive = await containers.readArchive(container, '/');
    if (archive === undefined) return listing;
    const stop = () => archive.destroy(signal.reason as Error);
    signal.addEventListener('abort', stop, { signal: abort.signal });
    for await (const entry of tarEntries(archive)) {
      const { kind, mode, uid, gid, size, target } = entry;
      const hash = createHash('sha256');
      for await (const chunk of entry.content) hash.update(chunk);
      const digest = kind === 'file' ? hash.digest('hex') : '';
      listing.set(posix.join('/', entry.path), { kind, mode, uid, gid, size, target, digest });
    }
    return listing;
  } finally {
    abort.abort();
    await containers.removeContainer(container);
  }
}
