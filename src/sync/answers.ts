import type { Readable } from 'node:stream';
import { decodeName } from '../archive/byte-name';
import { BuildenvError } from '../errors/buildenv-error';
import type { VolumeEntry } from './tree-entry';

/** In bytes: a path's most and the fields before it, with room to spare. */
const LINE_LIMIT = 8192;

const KINDS = { f: 'file', d: 'folder', s: 'link', o: 'other' } as const;

/** An answer of the agent. Content, where there is any, is to be read after it. */
export type Answer =
  | { verb: 'changed'; path: string }
  | { verb: 'listed' | 'got'; entry: VolumeEntry }
  /** The agent's clock, in nanoseconds. */
  | { verb: 'end'; clock: string };

/**
 * Reads the agent's answers, which are not to be trusted: whatever the run made of the volume, and
 * whoever the engine is, stands behind them.
 * @see agent/protocol.md
 */
export class AnswerReader {
  private readonly chunks: AsyncIterator<Buffer>;
  private buffer: Buffer = Buffer.alloc(0);

  constructor(stream: Readable) {
    this.chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  }

  /** @throws {BuildenvError} `engine-failed` for what is no answer, or the agent's own failure */
  async next(): Promise<Answer> {
    const line = await this.line();
    const rest = line.slice(2);
    switch (line.slice(0, 2)) {
      case 'c ':
        return { verb: 'changed', path: rest };
      case 'e ':
        if (/^\d{1,19}$/.test(rest)) return { verb: 'end', clock: rest };
        break;
      case 'x ':
        throw new BuildenvError('engine-failed', `The source cannot be synchronised: ${rest}`);
    }
    const fields = /^([lg])([fdso]) ([0-7]{1,4}) (\d{1,15}) (-?\d{1,19}) (.*)$/s.exec(line);
    if (fields === null) throw malformed();
    const [, verb, kind, mode = '', size, mtime = '', path = ''] = fields;
    const entry: VolumeEntry = {
      path,
      kind: KINDS[kind as keyof typeof KINDS],
      mode: Number.parseInt(mode, 8),
      size: Number(size),
      mtime,
    };
    return { verb: verb === 'l' ? 'listed' : 'got', entry };
  }

  /** The content of what was got: exactly so many bytes. */
  async *content(size: number): AsyncGenerator<Buffer, void, undefined> {
    for (let left = size; left > 0;) {
      if (this.buffer.length === 0) await this.more();
      const part = this.buffer.subarray(0, left);
      this.buffer = this.buffer.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }

  private async line(): Promise<string> {
    for (let from = 0; ;) {
      const end = this.buffer.indexOf(0, from);
      if (end >= 0) {
        const line = decodeName(this.buffer.subarray(0, end));
        this.buffer = this.buffer.subarray(end + 1);
        return line;
      }
      if (this.buffer.length > LINE_LIMIT) throw malformed();
      from = this.buffer.length;
      await this.more();
    }
  }

  private async more(): Promise<void> {
    const next = await this.chunks.next();
    if (next.done === true) {
      throw new BuildenvError('engine-failed', 'The sync agent ended too early');
    }
    this.buffer = this.buffer.length === 0 ? next.value : Buffer.concat([this.buffer, next.value]);
  }
}

function malformed(): BuildenvError {
  return new BuildenvError('engine-failed', 'What answers in place of the sync agent is not one');
}
