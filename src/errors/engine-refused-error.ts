import { BuildenvError } from './buildenv-error';

/** The engine did not do what it was asked for. */
export class EngineRefusedError extends BuildenvError {
  /** The engine's own words. For pushes and pulls they are all that it says of what a registry did. */
  readonly reason: string;

  /** @param action what failed: `push host/km:1` */
  constructor(code: 'engine-failed' | 'not-found', action: string, reason: string) {
    super(code, `Cannot ${action}: ${reason}`);
    this.reason = reason;
  }
}
