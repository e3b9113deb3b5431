/** A file, folder or link of an image, with what the image says of it. */
export interface ImageEntry {
  /** Absolute. */
  path: string;
  /** `other` is a device, a named pipe or a socket. */
  kind: 'file' | 'folder' | 'link' | 'other';
  /** Permission, setuid, setgid and sticky bits. */
  mode: number;
  uid: number;
  gid: number;
  /** In bytes. */
  size: number;
  /** Of a link; of a hard link to a file that was not taken too, that file's path; empty for the rest. */
  target: string;
  /** Extended attributes, in base64. */
  xattrs: Readonly<Record<string, string>>;
  /** Absolute path of a copy of the content on this machine; empty for what is no file. Equal for hard links. */
  content: string;
}
