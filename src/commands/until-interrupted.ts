import { InterruptedError } from '../errors/interrupted-error';
import type { ProcessSide } from './command-context';

/** Does some work with a signal that the user's interruption aborts. */
export async function untilInterrupted<T>(
  process: ProcessSide,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const stopListening = process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  try {
    return await work(interruption.signal);
  } finally {
    stopListening();
  }
}
