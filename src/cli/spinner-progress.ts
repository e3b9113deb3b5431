import type { Ora } from 'ora';
import type { Progress } from '../commands/progress';
import { redact } from '../errors/secrets';

/** Width that is left for a task's text beside the spinner. */
const MARGIN = 4;

/** Progress on a terminal: one moving line for all tasks, and a line for each that has ended. */
export class SpinnerProgress implements Progress {
  private readonly output: NodeJS.WriteStream;
  private readonly verbose: boolean;
  private readonly tasks = new Map<string, string>();
  private spinner: Ora | undefined;

  constructor(output: NodeJS.WriteStream, verbose: boolean) {
    this.output = output;
    this.verbose = verbose;
  }

  begin(task: string, text: string): void {
    this.tasks.set(task, text);
    if (this.spinner === undefined) void this.startSpinner();
    this.draw();
  }

  update(task: string, text: string): void {
    this.tasks.set(task, text);
    this.draw();
  }

  step(task: string, text: string): void {
    this.update(task, text);
    if (this.verbose) this.print(`${task}: ${text}`);
  }

  log(_task: string, text: string): void {
    if (this.verbose) this.print(text.trimEnd());
  }

  end(task: string, text: string): void {
    this.finish(task);
    this.print(`✔ ${task}: ${text}`);
  }

  fail(task: string): void {
    this.finish(task);
    this.print(`✖ ${task}`);
  }

  notice(text: string): void {
    this.print(`! ${text}`);
  }

  private async startSpinner(): Promise<void> {
    const { default: ora } = await import('ora');
    if (this.tasks.size === 0 || this.spinner !== undefined) return;
    this.spinner = ora({ stream: this.output, discardStdin: false }).start();
    this.draw();
  }

  private draw(): void {
    if (this.spinner === undefined) return;
    const text = [...this.tasks].map(([task, state]) => `${task}: ${state}`).join(' · ');
    const [line = ''] = text.split('\n');
    this.spinner.text = redact(line).slice(0, this.output.columns - MARGIN);
  }

  private finish(task: string): void {
    this.tasks.delete(task);
    if (this.tasks.size > 0) return;
    this.spinner?.stop();
    this.spinner = undefined;
  }

  /** A line above the spinner. */
  private print(line: string): void {
    this.spinner?.clear();
    this.output.write(`${redact(line)}\n`);
    this.spinner?.render();
  }
}
