import type { EngineEvent } from '../engine';
import { type BuildTracker, type FailedStep, LogTail } from './build-tracker';
import type { StreamLine } from './event-stream';

/** Docker's way, and Podman's. */
const STEP = /^(?:Step \d+\/\d+ : |STEP \d+\/\d+: )(.*)/s;
const CACHED = /^(?: -)?--> Using cache/;

/** The builder's own lines. */
const INTERNAL =
  /^(?: -)?--> |^Removing intermediate container [0-9a-f]{12}\n$|^Successfully (built|tagged) \S+\n$/;

/** The builder colours what a step prints to its standard error. */
// eslint-disable-next-line no-control-regex -- an escape sequence is a control character
const COLOUR = /^\x1b\[91m|\x1b\[0m$/g;

/** Follows the classic builder, or Podman's, which prints its steps as text. */
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
    if (CACHED.test(stream)) return [{ kind: 'step', id, name: this.step.name, cached: true }];
    if (INTERNAL.test(stream)) return [];
    const text = stream.replace(COLOUR, '');
    log.add(text);
    return [{ kind: 'log', id, text }];
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
