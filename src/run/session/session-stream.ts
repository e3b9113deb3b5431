import { Duplex } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import { commandFailure } from './end-of-session';
import { FrameReader } from './frame-reader';
import { FRAME, frame, frameHeader, WINDOW } from './frames';
import { type SessionRequest, startFrame } from './session-request';

/**
 * Standard input and output of a program that a supervisor, which has said hello, starts in its
 * container. What is written goes out at once, as far as the supervisor allows it. Ends with the
 * program; breaks with a {@link BuildenvError} where that does not start, or the connection ends
 * before it. What the program says at standard error is dropped.
 * @see supervisor/protocol.md
 */
export class SessionStream extends Duplex {
  /** Resolves once the program has ended, or cannot be heard of any more. */
  readonly ended: Promise<void>;
  private readonly connection: Duplex;
  private allowed = WINDOW;
  private rest: { data: Buffer; done: () => void } | undefined;

  constructor(connection: Duplex, request: SessionRequest) {
    super();
    this.connection = connection;
    let end: () => void = () => undefined;
    this.ended = new Promise((resolve) => (end = resolve));
    this.on('close', end);
    const reader = new FrameReader({
      output: (type, data) => {
        if (type === FRAME.stdout && !this.push(data)) connection.pause();
      },
      frame: (type, payload) => {
        if (type === FRAME.credit) this.credit(payload.readUInt32BE(0));
        else if (type === FRAME.failed) this.destroy(commandFailure(payload, request));
        else if (type === FRAME.exit) {
          this.push(null);
          end();
        }
      },
      broken: () => this.destroy(brokenOff()),
    });
    connection.on('data', (chunk: Buffer) => reader.read(chunk));
    connection.on('error', (cause) => this.destroy(brokenOff(cause)));
    connection.on('close', () => {
      if (!this.readableEnded) this.destroy(brokenOff());
    });
    connection.write(startFrame(request, undefined));
  }

  override _read(): void {
    this.connection.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const now = chunk.subarray(0, this.allowed);
    this.allowed -= now.length;
    const isWhole = now.length === chunk.length;
    if (!isWhole) this.rest = { data: chunk.subarray(now.length), done };
    if (now.length === 0) return;
    this.connection.cork();
    this.connection.write(frameHeader(FRAME.stdin, now.length));
    this.connection.write(now, isWhole ? done : undefined);
    this.connection.uncork();
  }

  override _final(done: () => void): void {
    this.connection.write(frame(FRAME.stdinEnd), done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.connection.destroy();
    done(error);
  }

  private credit(bytes: number): void {
    this.allowed += bytes;
    const { rest } = this;
    this.rest = undefined;
    if (rest !== undefined) this._write(rest.data, 'binary', rest.done);
  }
}

function brokenOff(cause?: Error): BuildenvError {
  const message = 'The connection to a container broke off before its program ended';
  return new BuildenvError('engine-failed', message, { cause });
}
