import type { Readable, Writable } from 'node:stream';
import { FRAME, frame, frameHeader, WINDOW } from './frames';

/** Sends standard input as the supervisor credits it, so that signals never queue behind it. */
export class InputSender {
  private readonly stdin: Readable;
  private readonly connection: Writable;
  private allowed = WINDOW;
  private readonly onData = (data: Buffer) => this.send(data);
  private readonly onEnd = () => void this.connection.write(frame(FRAME.stdinEnd));

  constructor(stdin: Readable, connection: Writable) {
    this.stdin = stdin;
    this.connection = connection;
  }

  start(): void {
    this.stdin.on('data', this.onData);
    this.stdin.on('end', this.onEnd);
    // Input that cannot be read ends, as an empty file does.
    this.stdin.on('error', this.onEnd);
  }

  credit(bytes: number): void {
    this.allowed += bytes;
    if (this.allowed > 0) this.stdin.resume();
  }

  stop(): void {
    this.stdin.off('data', this.onData);
    this.stdin.off('end', this.onEnd);
    this.stdin.pause();
  }

  private send(data: Buffer): void {
    const now = data.subarray(0, this.allowed);
    this.allowed -= now.length;
    this.connection.cork();
    this.connection.write(frameHeader(FRAME.stdin, now.length));
    this.connection.write(now);
    this.connection.uncork();
    if (this.allowed === 0) this.stdin.pause();
    if (now.length < data.length) this.stdin.unshift(data.subarray(now.length));
  }
}
