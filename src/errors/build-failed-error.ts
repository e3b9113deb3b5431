import { BuildenvError, type ErrorDetails } from './buildenv-error';

/** A step of a build failed: an instruction of a Dockerfile, a phase of a package. */
export class BuildFailedError extends BuildenvError {
  /** On one line: `RUN make`, `rpmbuild`. */
  readonly step: string;
  /** What the step printed last. */
  readonly log: string;

  /** @param reason the builder's words */
  constructor(
    name: string,
    instruction: string,
    reason: string,
    log: string,
    details: ErrorDetails = { hint: 'Its output is above.' },
  ) {
    const step = instruction.replace(/\s+/g, ' ').trim();
    const message = `Cannot build ${name}: ${shorten(step)} failed: ${exitStatus(reason)}`;
    super('build-failed', message, details);
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
