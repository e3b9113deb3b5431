import type { TransferEvent, TransferOptions } from '../../image/transfer/push-image';
import { backOff } from '../../registry/http/retry-policy';
import { LayerProgress } from './layer-progress';
import type { Progress } from '../progress';

/** Options of a push or a pull that show it as a task's progress. */
export function transferOptions(
  progress: Progress,
  task: string,
  signal: AbortSignal,
): TransferOptions {
  const layers = new LayerProgress();
  const onEvent = (event: TransferEvent) => {
    if (event.kind === 'retry') {
      progress.notice(`${task}: ${event.text}`);
      return;
    }
    const done = layers.accept(event);
    if (done !== undefined) progress.step(task, done);
    progress.update(task, layers.summary());
  };
  return { policy: backOff(Math.random), signal, onEvent };
}

/** Shows some work as a task. @param done what is said at its end */
export async function showTask<T>(
  progress: Progress,
  task: string,
  text: string,
  work: () => Promise<T>,
  done: (result: T) => string,
): Promise<T> {
  progress.begin(task, text);
  try {
    const result = await work();
    progress.end(task, done(result));
    return result;
  } catch (error) {
    progress.fail(task);
    throw error;
  }
}

/** All results, or the first failure once everything has ended. */
export async function all<T>(work: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
