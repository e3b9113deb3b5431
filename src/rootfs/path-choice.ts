/** What to take of a folder. */
export interface PathChoice {
  /** Equal for equal choices, whatever the folder. */
  key: string;
  /** @param path relative to the folder, empty for itself */
  selects(path: string): boolean;
}
