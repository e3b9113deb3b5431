import type { EngineEvent } from '../engine';
import type { StreamLine } from './event-stream';

/** The step of a build that failed, and the end of what it printed. */
export interface FailedStep {
  name: string;
  log: string;
}

/** Turns a builder's lines into events and remembers what an error message needs. */
export interface BuildTracker {
  accept(line: StreamLine): EngineEvent[];
  /** The image's id once the build has ended well. */
  imageId(): string | undefined;
  /** Undefined when the build failed outside its steps: a Dockerfile that cannot be parsed. */
  failedStep(): FailedStep | undefined;
}

/** The end of a step's output, bounded: what an error message shows. */
export class LogTail {
  private static readonly LIMIT = 16_384;
  private text = '';

  add(text: string): void {
    this.text = (this.text + text).slice(-LogTail.LIMIT);
  }

  toString(): string {
    return this.text;
  }
}
