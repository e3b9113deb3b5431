import { FRAME, HEADER_SIZE } from './frames';

/** Most bytes of a frame other than output. */
const SHORT = 4096;

export interface FrameSink {
  /** Part of the command's standard output or error, which is not copied. */
  output(type: typeof FRAME.stdout | typeof FRAME.stderr, data: Buffer): void;
  /** Any other frame, whole. */
  frame(type: number, payload: Buffer): void;
  /** The bytes are no frames; nothing more is read. */
  broken(): void;
}

/** Takes the supervisor's frames out of a stream. */
export class FrameReader {
  private readonly sink: FrameSink;
  private header = Buffer.alloc(0);
  private payload = Buffer.alloc(0);
  private type = 0;
  private remaining = 0;

  constructor(sink: FrameSink) {
    this.sink = sink;
  }

  read(chunk: Buffer): void {
    let data = chunk;
    while (data.length > 0) {
      data = this.remaining === 0 ? this.readHeader(data) : this.readPayload(data);
    }
  }

  private readHeader(data: Buffer): Buffer {
    const missing = HEADER_SIZE - this.header.length;
    this.header = Buffer.concat([this.header, data.subarray(0, missing)]);
    if (this.header.length < HEADER_SIZE) return Buffer.alloc(0);
    this.type = this.header.readUInt8(0);
    this.remaining = this.header.readUInt32BE(1);
    this.header = Buffer.alloc(0);
    if (!isOutput(this.type) && this.remaining > SHORT) {
      this.sink.broken();
      return Buffer.alloc(0);
    }
    if (this.remaining === 0) this.sink.frame(this.type, this.payload);
    return data.subarray(missing);
  }

  private readPayload(data: Buffer): Buffer {
    const part = data.subarray(0, this.remaining);
    this.remaining -= part.length;
    if (isOutput(this.type)) {
      this.sink.output(this.type, part);
    } else {
      this.payload = Buffer.concat([this.payload, part]);
      if (this.remaining === 0) {
        const whole = this.payload;
        this.payload = Buffer.alloc(0);
        this.sink.frame(this.type, whole);
      }
    }
    return data.subarray(part.length);
  }
}

function isOutput(type: number): type is typeof FRAME.stdout | typeof FRAME.stderr {
  return type === FRAME.stdout || type === FRAME.stderr;
}
