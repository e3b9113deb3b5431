/** The bytes of a file, wherever it is. */
export interface ByteSource {
  /** @returns the bytes from an offset on; fewer where the file ends */
  read(offset: number, length: number): Buffer;
}
