import type { ElfFile, MalformedElf } from './elf-file';

/** What is at a path, without its content. */
export type TreeNode =
  | { kind: 'file'; executable: boolean }
  | { kind: 'folder' | 'other' }
  | { kind: 'link'; target: string };

/** A file system that programs will see: an image's, not the host's. Paths are absolute. */
export interface FileTree {
  /**
   * Follows no link, neither at the path's end nor on the way: below a link there is nothing.
   * @returns undefined where nothing is
   */
  look(path: string): Promise<TreeNode | undefined>;
  /**
   * @param path of a file
   * @returns undefined for what is no ELF file
   */
  elf(path: string): Promise<ElfFile | MalformedElf | undefined>;
  /** @param path of a file of moderate size: it is read whole */
  read(path: string): Promise<Buffer>;
}
