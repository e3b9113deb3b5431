import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/** Lines of a log that an error shows. */
const LAST_LINES = 30;

/** The output of a job: whole in a file, and its end for an error. */
export class BuildLog {
  readonly file: string;
  private readonly descriptor: number;
  private last: string[] = [];

  /** @param file absolute path; what it held before is gone */
  constructor(file: string) {
    this.file = file;
    mkdirSync(dirname(file), { recursive: true });
    this.descriptor = openSync(file, 'w');
  }

  /** Begins a phase, whose lines alone are then shown. */
  begin(phase: string): void {
    writeSync(this.descriptor, `=== ${phase}\n`);
    this.last = [];
  }

  add(line: string): void {
    writeSync(this.descriptor, `${line}\n`);
    this.last.push(line);
    if (this.last.length > 2 * LAST_LINES) this.last = this.last.slice(-LAST_LINES);
  }

  tail(): string {
    return this.last.slice(-LAST_LINES).join('\n');
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
