import { createHash } from 'node:crypto';

/** `sha256:` and 64 hexadecimal digits. */
export function digestOf(content: Uint8Array): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

/** The chunks as they are, and the digest of those that have passed. */
export class DigestingChunks {
  private readonly hash = createHash('sha256');
  private readonly chunks: Iterable<Buffer>;

  constructor(chunks: Iterable<Buffer>) {
    this.chunks = chunks;
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    for (const chunk of this.chunks) {
      this.hash.update(chunk);
      yield chunk;
    }
  }

  /** Of all chunks; to be asked for once, after the last one. */
  digest(): string {
    return `sha256:${this.hash.digest('hex')}`;
  }
}
