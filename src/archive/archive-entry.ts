interface EntryMetadata {
  /** Path in the archive, without a leading or trailing slash. A name as `decodeName` makes it. */
  path: string;
  /** Permission, setuid, setgid and sticky bits. */
  mode: number;
  uid: number;
  gid: number;
  /** Unix time in whole seconds. */
  mtime: number;
}

/** What is packed into an archive; all that the archive says of it is given, nothing is looked up. */
export type ArchiveEntry = EntryMetadata &
  (
    | {
        kind: 'file';
        /** Path on disk, read when the entry's turn comes; a name as `decodeName` makes it. */
        source: string;
        /** In bytes; a file of another size by then is an error. */
        size: number;
        /** Extended attributes by name (`security.capability`), in base64. */
        xattrs?: Readonly<Record<string, string>> | undefined;
        /** Equal for the names of one file; undefined where it has one name alone. */
        inode?: string | undefined;
      }
    | { kind: 'buffer'; content: Uint8Array }
    | { kind: 'folder' }
    | { kind: 'link'; /** A name as `decodeName` makes it. */ target: string }
  );
