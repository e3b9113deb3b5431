import { BuildenvError } from './buildenv-error';

/** A step of a Dockerfile build failed. */
export class BuildFailedError extends BuildenvError {
  /** The Dockerfile's instruction: `RUN make`. */
  readonly step: string;
  /** What the step printed last. */
  readonly log: string;

  constructor(step: string, reason: string, log: string) {
    super('build-failed', `${step}: ${reason}`);
    this.step = step;
    this.log = log;
  }
}
