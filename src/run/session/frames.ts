/** The frames of a session, as `supervisor/protocol.md` specifies them. */
export const FRAME = {
  start: 0x01,
  stdin: 0x02,
  stdinEnd: 0x03,
  signal: 0x04,
  resize: 0x05,
  secret: 0x06,
  hello: 0x81,
  stdout: 0x82,
  stderr: 0x83,
  credit: 0x84,
  exit: 0x85,
  failed: 0x86,
} as const;

/** In bytes. */
export const HEADER_SIZE = 5;
/** Bytes of standard input that may be sent before they are credited. */
export const WINDOW = 1 << 20;

/** The header of a frame; its payload may follow by itself. */
export function frameHeader(type: number, size: number): Buffer {
  const header = Buffer.allocUnsafe(HEADER_SIZE);
  header.writeUInt8(type, 0);
  header.writeUInt32BE(size, 1);
  return header;
}

export function frame(type: number, payload: Buffer = Buffer.alloc(0)): Buffer {
  return Buffer.concat([frameHeader(type, payload.length), payload]);
}

export function resizeFrame({ rows, columns }: { rows: number; columns: number }): Buffer {
  const payload = Buffer.alloc(4);
  payload.writeUInt16BE(rows, 0);
  payload.writeUInt16BE(columns, 2);
  return frame(FRAME.resize, payload);
}
