import type { Writable } from 'node:stream';
import type { Progress } from '../commands/progress';
import { redact } from '../errors/secrets';

/** Progress as plain lines with the seconds since the start: for logs and pipes. */
export class PlainProgress implements Progress {
  private readonly output: Writable;
  private readonly verbose: boolean;
  private readonly now: () => number;
  private readonly start: number;

  /** @param now a clock in milliseconds */
  constructor(output: Writable, verbose: boolean, now: () => number) {
    this.output = output;
    this.verbose = verbose;
    this.now = now;
    this.start = now();
  }

  begin(task: string, text: string): void {
    this.line(`${task}: ${text}`);
  }

  update(): void {
    // Each change on a line of its own would drown the rest.
  }

  step(task: string, text: string): void {
    this.line(`${task}: ${text}`);
  }

  log(task: string, text: string): void {
    if (!this.verbose) return;
    for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
      this.line(`${task}: | ${line}`);
    }
  }

  end(task: string, text: string): void {
    this.line(`${task}: done, ${text}`);
  }

  fail(task: string): void {
    this.line(`${task}: failed`);
  }

  notice(text: string): void {
    this.line(text);
  }

  private line(text: string): void {
    const seconds = ((this.now() - this.start) / 1000).toFixed(1).padStart(6);
    this.output.write(`${seconds}s ${redact(text)}\n`);
  }
}
