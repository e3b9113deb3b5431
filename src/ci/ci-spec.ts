/** The section `ci:`, normalised. */
export interface CiSpec {
  /** The branch that is published from. */
  branch: string;
  /** Shell command that puts this tool on an agent; undefined where agents have it. */
  install: string | undefined;
  /** Commands that are run in the environment, in order; undefined where the tree shows them. */
  run: readonly string[] | undefined;
}
