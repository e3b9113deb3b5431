interface EntryBase {
  /** Relative to the context, with `/`. */
  path: string;
  /** Permission bits without what only the umask decides: writing by group and others. */
  mode: number;
  /** Absolute path on this machine. */
  source: string;
}

/** One thing of a build context, as the Dockerfile's COPY sees it. */
export type ContextEntry = EntryBase &
  (
    | {
        kind: 'file';
        /** In bytes. */
        size: number;
        /** SHA-256 of the content, hexadecimal. */
        digest: string;
      }
    | { kind: 'folder' }
    | { kind: 'link'; target: string }
  );

/** What a Dockerfile build reads. */
export interface BuildContext {
  /** Text of the Dockerfile. */
  dockerfile: string;
  /** Sorted by path. */
  entries: readonly ContextEntry[];
}
