import type { Writable } from 'node:stream';
import type { Progress } from '../../commands/progress';
import type { CiSystem } from './ci-system';

/**
 * Progress in the log of a CI system: while tasks run, their lines are a group, which a reader sees
 * folded. What became of them is said after it.
 */
export class CiProgress implements Progress {
  private readonly ci: CiSystem;
  private readonly output: Writable;
  private readonly lines: Progress;
  private readonly running = new Set<string>();
  private ended: (() => void)[] = [];

  /** @param lines what writes the lines themselves */
  constructor(ci: CiSystem, output: Writable, lines: Progress) {
    this.ci = ci;
    this.output = output;
    this.lines = lines;
  }

  begin(task: string, text: string): void {
    if (this.running.size === 0) this.write(this.ci.openGroup(`${task}: ${text}`));
    this.running.add(task);
    this.lines.begin(task, this.ci.neutral(text));
  }

  update(): void {
    // As in any log: each change on a line of its own would drown the rest.
  }

  step(task: string, text: string): void {
    this.lines.step(task, this.ci.neutral(text));
  }

  log(task: string, text: string): void {
    this.lines.log(task, this.ci.neutral(text));
  }

  end(task: string, text: string): void {
    this.finish(task, () => this.lines.end(task, this.ci.neutral(text)));
  }

  fail(task: string): void {
    this.finish(task, () => this.lines.fail(task));
  }

  notice(text: string): void {
    this.lines.notice(this.ci.neutral(text));
  }

  private finish(task: string, say: () => void): void {
    this.ended.push(say);
    this.running.delete(task);
    if (this.running.size > 0) return;
    this.write(this.ci.closeGroup);
    for (const one of this.ended) one();
    this.ended = [];
  }

  private write(line: string): void {
    this.output.write(`${line}\n`);
  }
}
