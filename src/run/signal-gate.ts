import { InterruptedError } from '../errors/interrupted-error';
import type { ForwardedSignal, ProcessSide } from './process-side';

/**
 * Passes signals to the command once it runs. One that comes before cancels the run: a command that
 * is just being started could miss it.
 */
export class SignalGate {
  private early: ForwardedSignal | undefined;
  private forward: ((signal: ForwardedSignal) => void) | undefined;
  private readonly stop: () => void;

  constructor(side: Pick<ProcessSide, 'onSignal'>) {
    this.stop = side.onSignal((signal) => {
      if (this.forward === undefined) this.early ??= signal;
      else this.forward(signal);
    });
  }

  /** @throws {InterruptedError} when a signal came before */
  open(forward: (signal: ForwardedSignal) => void): void {
    if (this.early !== undefined) throw new InterruptedError(this.early);
    this.forward = forward;
  }

  close(): void {
    this.stop();
  }
}
