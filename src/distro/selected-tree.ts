import { hostPath } from '../archive/byte-name';
import { readFileSync } from 'node:fs';
import type { ElfFile, MalformedElf } from '../elf/elf-file';
import type { FileTree, TreeNode } from '../elf/file-tree';
import { readElfFile } from '../elf/read-elf-file';
import type { ImageEntry } from '../rootfs/image-entry';
import { parentsOf } from './parents-of';
import { scriptInterpreter } from './script-interpreter';
import type { TreeEntry } from './selection';

/** The files of an image: `ImageFiles`, as far as it is needed here. */
export interface ImageLooks {
  look(path: string): Promise<ImageEntry | undefined>;
}

/**
 * The file system of a distro's programs: what is selected, over the image that libraries may be
 * taken from. What is selected hides what the image has at its path.
 */
export class SelectedTree implements FileTree {
  private readonly selected = new Map<string, TreeEntry | undefined>();
  private readonly image: ImageLooks | undefined;
  private readonly elves = new Map<string, ElfFile | MalformedElf | undefined>();

  /** @param image without it there is nothing but what is selected */
  constructor(selected: readonly TreeEntry[], image?: ImageLooks) {
    this.image = image;
    for (const { path } of selected) {
      for (const parent of ['', ...parentsOf(path)]) this.selected.set(`/${parent}`, undefined);
    }
    for (const entry of selected) this.selected.set(`/${entry.path}`, entry);
  }

  /** Whether the path is selected, or a folder on the way to what is. */
  has(path: string): boolean {
    return this.selected.has(path);
  }

  async look(path: string): Promise<TreeNode | undefined> {
    const entry = this.selected.get(path);
    if (entry === undefined) {
      if (this.selected.has(path)) return { kind: 'folder' };
      return imageNode(await this.image?.look(path));
    }
    if (entry.kind === 'folder') return { kind: 'folder' };
    if (entry.kind === 'link') return entry;
    return { kind: 'file', executable: (entry.mode & 0o111) !== 0 };
  }

  async elf(path: string): Promise<ElfFile | MalformedElf | undefined> {
    if (!this.elves.has(path)) {
      const elf = readElfFile(hostPath(await this.contentOf(path)));
      this.elves.set(path, elf);
    }
    return this.elves.get(path);
  }

  async read(path: string): Promise<Buffer> {
    return readFileSync(hostPath(await this.contentOf(path)));
  }

  /** @returns undefined for a file that is no script */
  async scriptInterpreter(path: string): Promise<string | undefined> {
    return scriptInterpreter(await this.contentOf(path));
  }

  private async contentOf(path: string): Promise<string> {
    const entry = this.selected.get(path);
    if (entry?.kind === 'file') return entry.source;
    const inImage = await this.image?.look(path);
    if (inImage?.kind === 'file') return inImage.content;
    throw new Error(`${path} is no file`);
  }
}

function imageNode(entry: ImageEntry | undefined): TreeNode | undefined {
  if (entry === undefined) return undefined;
  switch (entry.kind) {
    case 'file':
      return { kind: 'file', executable: (entry.mode & 0o111) !== 0 };
    case 'link':
      return { kind: 'link', target: entry.target };
    case 'folder':
    case 'other':
      return { kind: entry.kind };
  }
}
