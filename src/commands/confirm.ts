import { createInterface } from 'node:readline';
import { InterruptedError } from '../errors/interrupted-error';
import type { ProcessSide } from './command-context';

/** Asks a question on the terminal; anything but yes is no. */
export function confirm(
  { stdin, stderr }: Pick<ProcessSide, 'stdin' | 'stderr'>,
  question: string,
): Promise<boolean> {
  const terminal = createInterface({ input: stdin, output: stderr });
  return new Promise((resolve, reject) => {
    terminal.on('SIGINT', () => {
      reject(new InterruptedError('SIGINT'));
      terminal.close();
    });
    terminal.on('close', () => resolve(false));
    terminal.question(`${question} [y/N] `, (answer) => {
      resolve(/^y(es)?$/i.test(answer.trim()));
      terminal.close();
    });
  });
}
