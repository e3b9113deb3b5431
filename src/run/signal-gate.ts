import { InterruptedError } from '../errors/interrupted-error';
import type { ForwardedSignal, ProcessSide } from './process-side';

/**
 * Passes signals to the command: one that comes before the command is started cancels the run, one
 * that comes while it is started waits until it can take it.
 */
export class SignalGate {
  private waiting: ForwardedSignal[] = [];
  private forward: ((signal: ForwardedSignal) => void) | undefined;
  private readonly stop: () => void;

  constructor(side: Pick<ProcessSide, 'onSignal'>) {
    this.stop = side.onSignal((signal) => {
      if (this.forward === undefined) this.waiting.push(signal);
      else this.forward(signal);
    });
  }

  /** @throws {InterruptedError} when a signal has come */
  check(): void {
    const [first] = this.waiting;
    if (first !== undefined) throw new InterruptedError(first);
  }

  /** From now on, and with what has come since the last check, signals are passed. */
  open(forward: (signal: ForwardedSignal) => void): void {
    this.forward = forward;
    this.waiting.splice(0).forEach(forward);
  }

  close(): void {
    this.stop();
  }
}
