interface SelectedPath {
  /** Index of the entry of `files` that selects it. */
  index: number;
  /** Path on the host. */
  source: string;
  /** Path in the image, without a leading slash; empty for its root. */
  path: string;
}

/** A file, folder or link found on the host, with what the image keeps of it. */
export type SelectedEntry = SelectedPath &
  (
    | {
        kind: 'file';
        /** In bytes. */
        size: number;
        /** Whether anybody may execute it. */
        executable: boolean;
      }
    | { kind: 'folder' }
    | { kind: 'link'; target: string }
  );

/** Something that is selected but cannot be packed. */
export interface SelectionProblem {
  /** Index of the entry of `files`. */
  index: number;
  source: string;
  /** Follows the source in a sentence: `is a socket`. */
  reason: string;
  /** Whether it is just not there. */
  missing: boolean;
}

/** What the `files` of a distro select on the host, in no particular order. */
export interface Selection {
  entries: readonly SelectedEntry[];
  problems: readonly SelectionProblem[];
}
