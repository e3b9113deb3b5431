import { createWriteStream } from 'node:fs';
import { posix, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { tarEntries, type TarEntry } from '../archive/tar-entries';
import type { ImageEntry } from './image-entry';
import type { PathChoice } from './path-choice';

/**
 * Keeps what the engine sends of a path: the content of each file as a file with a number for a
 * name, the rest as data. Nothing on this machine gets a name, a link or a mode from the image.
 *
 * @param path absolute, without a link in it: what the archive is of
 * @param folder absolute, on this machine; entries have their contents relative to it
 * @param choice what to keep of a folder; without it the entry at the path alone, and the rest is not
 * read
 * @throws {BuildenvError} `engine-failed` where the archive breaks off
 */
export async function storeArchive(
  archive: AsyncIterable<Uint8Array>,
  path: string,
  folder: string,
  choice: PathChoice | undefined,
): Promise<ImageEntry[]> {
  const entries = new Map<string, ImageEntry>();
  for await (const entry of tarEntries(archive)) {
    const at = pathOf(entry.path, path);
    if (choice?.selects(posix.relative(path, at)) === false) continue;
    entries.set(at, { ...imageEntry(entry, at), ...(await contentOf(entry)) });
    if (choice === undefined) break;
  }
  return [...entries.values()];

  async function contentOf(entry: TarEntry): Promise<Partial<ImageEntry>> {
    if (entry.kind === 'file') {
      const content = String(entries.size);
      await pipeline(entry.content, createWriteStream(join(folder, content), { flags: 'wx' }));
      return { content };
    }
    if (entry.kind !== 'hardlink') return {};
    const other = pathOf(entry.target, path);
    const { kind, size, content } = entries.get(other) ?? { kind: 'file', size: 0, content: '' };
    return { kind, size, content, target: content === '' ? other : '' };
  }
}

/** An archive of `/usr/lib` has `lib` for its first entry, and the rest below that. */
function pathOf(name: string, path: string): string {
  return path === '/' ? posix.join('/', name) : posix.join(posix.dirname(path), name);
}

function imageEntry(
  { kind, mode, uid, gid, size, target, xattrs }: TarEntry,
  path: string,
): ImageEntry {
  return {
    path,
    kind: kind === 'hardlink' ? 'file' : kind,
    mode,
    uid,
    gid,
    size,
    target: kind === 'link' ? target : '',
    xattrs: Object.fromEntries(
      [...xattrs].map(([name, value]) => [name, value.toString('base64')]),
    ),
    content: '',
  };
}
