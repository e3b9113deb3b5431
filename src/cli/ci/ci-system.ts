/** Something that failed, for the list of a CI system's run. */
export interface Issue {
  message: string;
  /** Where it is wrong; the path is absolute. */
  place?: { file: string; line: number; column: number };
}

/**
 * A CI system whose agent finds commands in the log of a step. Agents read both streams, so all goes
 * to stderr and stdout keeps the result alone.
 */
export interface CiSystem {
  /** The line that begins what a reader of the log can fold; groups do not nest. */
  openGroup(title: string): string;
  readonly closeGroup: string;
  /** The line that shows an issue in the log and lists it with the run. */
  issue(issue: Issue): string;
  /** The line that hands a value on to later steps. @param name letters, digits and `_` */
  output(name: string, value: string): string;
  /** File that outputs are appended to; undefined where they are lines of the log. */
  readonly outputFile: string | undefined;
  /** Text without what the agent would take for a command: it may be from anywhere. */
  neutral(text: string): string;
}
