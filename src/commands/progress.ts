/** Shows work in progress. A task is one thing that is worked on: an image, a distro. */
export interface Progress {
  begin(task: string, text: string): void;
  /** Where the task is now; only seen on a terminal. */
  update(task: string, text: string): void;
  /** A step of the task that is worth a line of its own. */
  step(task: string, text: string): void;
  /** Output of what the task runs; only seen with `--verbose`. */
  log(task: string, text: string): void;
  end(task: string, text: string): void;
  /** The task failed; why is said by the error. */
  fail(task: string): void;
  /** Something that the user should know though nothing failed. */
  notice(text: string): void;
}
