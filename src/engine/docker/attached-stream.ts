import { Duplex, PassThrough, type Readable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Attachment } from '../engine';

const HEADER_SIZE = 8;
const STDERR = 2;

/**
 * The stream of an attached container without a terminal, split into its standard output and error.
 * Each frame of it is a type byte, three zero bytes, a big-endian length and that many bytes. What is
 * written is the container's input. Waits for slow readers, so memory stays bounded.
 * @see https://docs.docker.com/reference/api/engine/ , "Attach to a container", "Stream format"
 */
export class AttachedStream extends Duplex implements Attachment {
  readonly errors: Readable;
  private readonly connection: Duplex;
  private readonly stderr = new PassThrough();
  private header = Buffer.alloc(0);
  private target: Readable = this;
  private remaining = 0;

  constructor(connection: Duplex) {
    // The engine ends the output with the container, or with the connection: nobody takes input then.
    super({ allowHalfOpen: false });
    this.connection = connection;
    this.errors = this.stderr;
    connection.on('data', (chunk: Buffer) => this.split(chunk));
    connection.on('end', () => this.finish());
    connection.on('error', (cause) => {
      const message = `The connection to the engine broke: ${cause.message}`;
      this.destroy(new BuildenvError('engine-unreachable', message, { cause }));
    });
    this.stderr.on('drain', () => connection.resume());
  }

  override _read(): void {
    this.connection.resume();
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, done: (error?: Error | null) => void) {
    this.connection.write(chunk, encoding, done);
  }

  override _final(done: () => void): void {
    this.connection.end(done);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.connection.destroy();
    this.stderr.destroy();
    done(error);
  }

  private split(chunk: Buffer): void {
    let data = chunk;
    while (data.length > 0) {
      if (this.remaining === 0) {
        const missing = HEADER_SIZE - this.header.length;
        this.header = Buffer.concat([this.header, data.subarray(0, missing)]);
        data = data.subarray(missing);
        if (this.header.length < HEADER_SIZE) return;
        this.target = this.header[0] === STDERR ? this.stderr : this;
        this.remaining = this.header.readUInt32BE(4);
        this.header = Buffer.alloc(0);
      } else {
        const part = data.subarray(0, this.remaining);
        this.remaining -= part.length;
        data = data.subarray(part.length);
        const room = this.target === this ? this.push(part) : this.stderr.write(part);
        if (!room) this.connection.pause();
      }
    }
  }

  private finish(): void {
    if (this.remaining > 0 || this.header.length > 0) {
      const message = "The command's output broke off: the engine closed the connection";
      this.destroy(new BuildenvError('engine-failed', message));
      return;
    }
    this.stderr.end();
    this.push(null);
  }
}
