import { BuildenvError } from './buildenv-error';

/** A step of a Dockerfile build failed. */
export class BuildFailedError extends BuildenvError {
  /** The Dockerfile's instruction, on one line: `RUN make`. */
  readonly step: string;
  /** What the step printed last. */
  readonly log: string;

  /** @param reason the builder's words */
  constructor(image: string, instruction: string, reason: string, log: string) {
    const step = instruction.replace(/\s+/g, ' ').trim();
    super('build-failed', `Cannot build ${image}: ${shorten(step)} failed: ${exitStatus(reason)}`, {
      hint: 'Its output is above.',
    });
    this.step = step;
    this.log = log;
  }
}

const LIMIT = 72;

function shorten(step: string): string {
  return step.length <= LIMIT ? step : `${step.slice(0, LIMIT - 1)}…`;
}

/** Builders repeat the whole instruction before the status. */
function exitStatus(reason: string): string {
  const code = /(?:exit|non-zero) code: (\d+)$/.exec(reason)?.[1];
  return code === undefined ? reason : `exit status ${code}`;
}
