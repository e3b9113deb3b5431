/** Path of the root itself. */
export const ROOT = '.';

export type EntryKind = 'file' | 'folder' | 'link';

/** One thing in a source tree on this machine. */
export interface TreeEntry {
  /** From the tree's root, with `/`. */
  path: string;
  kind: EntryKind;
  /** Permission, setuid, setgid and sticky bits. */
  mode: number;
  uid: number;
  gid: number;
  /** In bytes. */
  size: number;
  /** Time of the last change, Unix time in milliseconds, as `lstat` gives it. */
  mtimeMs: number;
}

/** What tree and volume had in common when they were last brought together. */
export interface SyncedEntry extends TreeEntry {
  /** Time of the last change in the volume, Unix time in nanoseconds. */
  volumeMtime: string;
}

/** One thing in the volume, as the agent tells of it. */
export interface VolumeEntry {
  path: string;
  /** `other` is a device, a pipe or a socket. */
  kind: EntryKind | 'other';
  mode: number;
  /** In bytes. */
  size: number;
  /** Unix time in nanoseconds. */
  mtime: string;
}

/** What was changed in the volume since a moment. */
export interface VolumeChanges {
  /** Folders to which something was added or from which something was removed. */
  folders: ReadonlySet<string>;
  /** All that is in those folders, and what was changed elsewhere. */
  entries: ReadonlyMap<string, VolumeEntry>;
}

/** The folder that a path of a tree is in; empty for the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
