import type { EngineEvent } from '../engine';
import { type BuildTracker, type FailedStep, LogTail } from './build-tracker';
import type { StreamLine } from './event-stream';

const STEP = /^Step \d+\/\d+ : (.*)/s;
const CACHED = ' ---> Using cache';

/** Follows the classic builder, which prints its steps as text. */
export class ClassicTracker implements BuildTracker {
  private id: string | undefined;
  private step: { id: string; name: string; log: LogTail } | undefined;
  private count = 0;

  accept({ stream, aux }: StreamLine): EngineEvent[] {
    const imageId = (aux as { ID?: string } | undefined)?.ID;
    if (imageId !== undefined) this.id = imageId;
    if (stream === undefined) return [];
    const name = STEP.exec(stream)?.[1]?.trim();
    if (name !== undefined) return this.begin(name);
    if (this.step === undefined || stream.trim() === '') return [];
    const { id, log } = this.step;
    if (stream.startsWith(CACHED))
      return [{ kind: 'step', id, name: this.step.name, cached: true }];
    if (stream.startsWith(' ---> ')) return [];
    log.add(stream);
    return [{ kind: 'log', id, text: stream }];
  }

  imageId(): string | undefined {
    return this.id;
  }

  failedStep(): FailedStep | undefined {
    return this.step && { name: this.step.name, log: this.step.log.toString() };
  }

  private begin(name: string): EngineEvent[] {
    const done: EngineEvent[] = this.step ? [{ kind: 'step-done', id: this.step.id }] : [];
    this.count += 1;
    this.step = { id: String(this.count), name, log: new LogTail() };
    return [...done, { kind: 'step', id: this.step.id, name, cached: false }];
  }
}
