import type { EngineEvent } from '../engine';
import { type BuildTracker, type FailedStep, LogTail } from './build-tracker';
import type { decodeStatus, Vertex } from './buildkit-status';
import type { StreamLine } from './event-stream';

const TRACE = 'moby.buildkit.trace';
const IMAGE_ID = 'moby.image.id';

/** End of the error of a step that was ended because another one failed. */
const CANCELLED = 'context canceled';

/** BuildKit's own work, of no interest while it goes well. */
const INTERNAL = /^\[internal\]|^copy \/context/;

interface Step {
  name: string;
  begun: boolean;
  done: boolean;
  error: string;
  log: LogTail;
}

/** Follows BuildKit, which reports the vertices of its graph. */
export class BuildkitTracker implements BuildTracker {
  private readonly decode: typeof decodeStatus;
  private readonly steps = new Map<string, Step>();
  private id: string | undefined;

  /** @param decode reads one trace message */
  constructor(decode: typeof decodeStatus) {
    this.decode = decode;
  }

  accept({ id, aux }: StreamLine): EngineEvent[] {
    if (id === IMAGE_ID) this.id = (aux as { ID: string }).ID;
    if (id !== TRACE || typeof aux !== 'string') return [];
    const { vertexes, logs } = this.decode(Buffer.from(aux, 'base64'));
    const events = vertexes.flatMap((vertex) => this.acceptVertex(vertex));
    for (const { vertex, msg } of logs) {
      const text = msg.toString('utf8');
      this.steps.get(vertex)?.log.add(text);
      events.push({ kind: 'log', id: vertex, text });
    }
    return events;
  }

  imageId(): string | undefined {
    return this.id;
  }

  failedStep(): FailedStep | undefined {
    const failed = [...this.steps.values()].find(
      ({ error }) => error !== '' && !error.endsWith(CANCELLED),
    );
    return failed && { name: failed.name, log: failed.log.toString() };
  }

  private acceptVertex({ digest, name, started, completed, cached, error }: Vertex): EngineEvent[] {
    const step = this.steps.get(digest) ?? newStep(name);
    this.steps.set(digest, step);
    step.error = error;
    if (INTERNAL.test(name)) return [];
    const events: EngineEvent[] = [];
    if (started && !step.begun) {
      step.begun = true;
      events.push({ kind: 'step', id: digest, name: step.name, cached });
    }
    if (completed && !step.done) {
      step.done = true;
      events.push({ kind: 'step-done', id: digest });
    }
    return events;
  }
}

/** The instruction alone, without the position that BuildKit puts before it. */
function newStep(vertexName: string): Step {
  const name = vertexName.replace(/^\[[^\]]*\d+\/\d+\] /, '');
  return { name, begun: false, done: false, error: '', log: new LogTail() };
}
