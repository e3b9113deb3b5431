/** The bytes of a file, wherever it is. */
export interface ByteSource {
  /** @returns the bytes from an offset on; fewer where the file ends */
  read(offset: number, length: number): Buffer;
}

export function bufferSource(bytes: Buffer): ByteSource {
  return { read: (offset, length) => bytes.subarray(offset, offset + length) };
}
