import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';

const HEADER_SIZE = 8;
const STDERR = 2;

/**
 * Splits the stream of an attached container without a terminal into its standard output and error.
 * Each frame is a type byte, three zero bytes, a big-endian length and that many bytes. Waits for
 * slow receivers, so memory stays bounded.
 * @see https://docs.docker.com/reference/api/engine/ , "Attach to a container", "Stream format"
 */
export async function demultiplex(
  source: Readable,
  stdout: Writable,
  stderr: Writable,
): Promise<void> {
  let header = Buffer.alloc(0);
  let target = stdout;
  let remaining = 0;
  for await (const chunk of source) {
    let data = chunk as Buffer;
    while (data.length > 0) {
      if (remaining === 0) {
        const missing = HEADER_SIZE - header.length;
        header = Buffer.concat([header, data.subarray(0, missing)]);
        data = data.subarray(missing);
        if (header.length < HEADER_SIZE) break;
        target = header[0] === STDERR ? stderr : stdout;
        remaining = header.readUInt32BE(4);
        header = Buffer.alloc(0);
      } else {
        const part = data.subarray(0, remaining);
        remaining -= part.length;
        data = data.subarray(part.length);
        await write(target, part);
      }
    }
  }
  if (remaining > 0 || header.length > 0) {
    throw new BuildenvError(
      'engine-failed',
      "The command's output broke off: the engine closed the connection",
    );
  }
}

/** Writes and waits until there is room for more. */
export async function write(target: Writable, data: Buffer): Promise<void> {
  if (!target.write(data)) await once(target, 'drain');
}
