import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import type { ContainerStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { type ContainerOwner, idleContainer } from '../image/idle-container';
import type { ImageEntry } from './image-entry';
import type { PathChoice } from './path-choice';
import { storeArchive } from './store-archive';

const INDEX = 'index.json';

/**
 * The files of an image, read through the engine from a container that is never started. What was
 * read is kept below the cache folder by image and path: an image with the same id is the same for
 * ever, so its engine is asked once for each path.
 */
export class ImageFiles {
  private readonly containers: ContainerStore;
  private readonly image: string;
  private readonly owner: ContainerOwner;
  private readonly folder: string;
  private readonly signal: AbortSignal;
  private readonly looks = new Map<string, Promise<ImageEntry | undefined>>();
  private container: Promise<string> | undefined;

  /**
   * @param image its id
   * @param owner of the container
   * @param cacheFolder absolute path
   * @param signal ends what is being read with its reason
   */
  constructor(
    containers: ContainerStore,
    image: string,
    owner: ContainerOwner,
    cacheFolder: string,
    signal: AbortSignal,
  ) {
    this.containers = containers;
    this.image = image;
    this.owner = owner;
    this.folder = join(cacheFolder, 'image-files', image.replace(/^sha256:/, ''));
    this.signal = signal;
  }

  /**
   * What is at a path, no link followed, neither at its end nor on the way.
   * @param path absolute, without `.` and `..`
   * @throws {BuildenvError} what the engine says; `host` where the cache folder cannot be written
   */
  async look(path: string): Promise<ImageEntry | undefined> {
    const known = this.looks.get(path);
    if (known !== undefined) return known;
    const look = this.lookOnce(path);
    this.looks.set(path, look);
    return look;
  }

  /**
   * What a choice takes of a folder and all that is in it, or of what else is at a path. Memory grows
   * with the number of entries, not with their sizes.
   * @param path as for {@link look}
   */
  async tree(path: string, choice: PathChoice): Promise<readonly ImageEntry[]> {
    const top = await this.look(path);
    if (top?.kind !== 'folder') return top !== undefined && choice.selects('') ? [top] : [];
    const entries = await this.entries(path, choice);
    return Promise.all(entries.map((entry) => this.linked(entry)));
  }

  /** A hard link whose other name was not taken has its content from there. */
  private async linked(entry: ImageEntry): Promise<ImageEntry> {
    if (entry.kind !== 'file' || entry.content !== '') return entry;
    const other = await this.look(entry.target);
    if (other?.kind === 'file') return { ...other, path: entry.path };
    throw new BuildenvError('engine-failed', `${entry.path} in the image is a link to nothing`, {
      hint: 'Make the image anew.',
    });
  }

  /** Removes what was made in the engine. */
  async close(): Promise<void> {
    const container = this.container;
    this.container = undefined;
    if (container !== undefined) await this.containers.removeContainer(await container);
  }

  private async lookOnce(path: string): Promise<ImageEntry | undefined> {
    if (path !== '/') {
      const parent = await this.look(posix.dirname(path));
      if (parent?.kind !== 'folder') return undefined;
    }
    const [entry] = await this.entries(path);
    return entry;
  }

  /** @param choice without it the entry at the path alone */
  private async entries(path: string, choice?: PathChoice): Promise<readonly ImageEntry[]> {
    const name = choice === undefined ? ['entry', path] : ['tree', path, choice.key];
    const key = createHash('sha256').update(JSON.stringify(name)).digest('hex');
    const folder = join(this.folder, key.slice(0, 32));
    const entries = readIndex(folder) ?? (await this.fetch(path, choice, folder));
    return entries.map((entry) =>
      entry.content === '' ? entry : { ...entry, content: join(folder, entry.content) },
    );
  }

  /** Written beside and renamed; another process that was first has written the same. */
  private async fetch(
    path: string,
    choice: PathChoice | undefined,
    folder: string,
  ): Promise<ImageEntry[]> {
    this.signal.throwIfAborted();
    this.container ??= this.containers.createContainer(idleContainer(this.image, this.owner));
    const archive = await this.containers.readArchive(await this.container, path);
    const abort = () => archive?.destroy(this.signal.reason as Error);
    this.signal.addEventListener('abort', abort);
    const beside = `${folder}.${randomUUID()}`;
    try {
      mkdirSync(beside, { recursive: true });
      const entries =
        archive === undefined ? [] : await storeArchive(archive, path, beside, choice);
      writeFileSync(join(beside, INDEX), JSON.stringify(entries));
      renameUnlessThere(beside, folder);
      return entries;
    } catch (error) {
      throw translate(error, dirname(folder));
    } finally {
      this.signal.removeEventListener('abort', abort);
      archive?.destroy();
      rmSync(beside, { recursive: true, force: true });
    }
  }
}

function readIndex(folder: string): ImageEntry[] | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, INDEX), 'utf8')) as ImageEntry[];
  } catch {
    return undefined;
  }
}

function renameUnlessThere(beside: string, folder: string): void {
  try {
    renameSync(beside, folder);
  } catch (error) {
    if (readIndex(folder) === undefined) throw error;
  }
}

function translate(error: unknown, folder: string): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (error instanceof BuildenvError || syscall === undefined) return error;
  return new BuildenvError('host', `${folder} cannot be written: ${code ?? String(error)}`, {
    hint: 'Make room there, or set XDG_CACHE_HOME to a folder that you can write to.',
    cause: error,
  });
}
