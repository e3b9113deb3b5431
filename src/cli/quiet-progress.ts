import type { Progress } from '../commands/progress';

const nothing = () => undefined;

/** No progress: with `--quiet`, errors and results are all that is printed. */
export const quietProgress: Progress = {
  begin: nothing,
  update: nothing,
  step: nothing,
  log: nothing,
  end: nothing,
  fail: nothing,
  notice: nothing,
};
