import { BuildenvError } from './buildenv-error';

/** A signal ended the work: the user's Ctrl-C, or nobody reads the output any more. */
export class InterruptedError extends BuildenvError {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super('interrupted', `Interrupted by ${signal}`);
    this.signal = signal;
  }
}
