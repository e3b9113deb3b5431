/** One thing that is wrong in a configuration, not yet located in its file. */
export interface Finding {
  /** Keys and list indexes from the file's root to the thing. */
  path: readonly string[];
  /** Whether the key or its value is wrong. */
  at: 'key' | 'value';
  message: string;
  hint?: string | undefined;
}
