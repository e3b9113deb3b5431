interface SelectedPath {
  /** What of the configuration selects it: `files[0]`, `libraries`. */
  by: string;
  /** How people know it: a path on the host, or `/usr/lib/x in the image`. */
  origin: string;
  /** Path in the image, without a leading slash; empty for its root. A name as `decodeName` makes it. */
  path: string;
  /** Permission, setuid, setgid and sticky bits. */
  mode: number;
  /** The mode where it was found; undefined where the configuration says what it shall be. */
  foundMode?: number | undefined;
  /** Absolute path in the image that it is from; undefined for what is from the host. */
  imagePath?: string | undefined;
  uid: number;
  gid: number;
}

/** A file, folder or link that was found, with what the image keeps of it. */
export type SelectedEntry = SelectedPath &
  (
    | {
        kind: 'file';
        /** Where its content is on this machine; a name as `decodeName` makes it. */
        source: string;
        /** In bytes. */
        size: number;
        /** Equal for the names of one file; undefined where it has one name alone. */
        inode?: string | undefined;
        /** Extended attributes by name, in base64. */
        xattrs?: Readonly<Record<string, string>> | undefined;
      }
    | { kind: 'folder' }
    | { kind: 'link'; target: string }
  );

/** What of an entry programs see when the image runs. */
export type TreeEntry = Pick<SelectedPath, 'path' | 'mode'> &
  ({ kind: 'file'; source: string } | { kind: 'folder' } | { kind: 'link'; target: string });

/** Something that is selected but cannot be packed. */
export interface SelectionProblem {
  /** As in {@link SelectedEntry}. */
  by: string;
  origin: string;
  /** Follows the origin in a sentence: `is a socket`. */
  reason: string;
  /** Whether it is just not there. */
  missing: boolean;
}

/** What a distro selects, in no particular order. */
export interface Selection {
  entries: readonly SelectedEntry[];
  problems: readonly SelectionProblem[];
}
