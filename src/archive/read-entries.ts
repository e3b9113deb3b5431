import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import { BuildenvError } from '../errors/buildenv-error';

/**
 * The contents of the wanted files of a tar stream, by their names in it (without a leading `./`).
 * The rest is drained, links and folders are never wanted.
 *
 * @param limit bytes that one wanted file may have
 * @throws {BuildenvError} `engine-failed` for a wanted file over the limit; the stream's own error
 * where it fails or ends early
 */
export async function readEntries(
  archive: Readable,
  wanted: (name: string) => boolean,
  limit: number,
): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const extraction = extract();

  extraction.on('entry', ({ name, type, size }, content, next) => {
    content.on('error', next);
    const plainName = name.replace(/^(\.?\/)+/, '');
    if (type !== 'file' || !wanted(plainName)) {
      content.on('end', next).resume();
      return;
    }
    if (size > limit) {
      next(tooLarge(plainName, size, limit));
      return;
    }
    const parts: Buffer[] = [];
    content.on('data', (part) => parts.push(part as Buffer));
    content.on('end', () => {
      found.set(plainName, Buffer.concat(parts));
      next();
    });
  });

  await pipeline(archive, extraction);
  return found;
}

function tooLarge(name: string, size: number, limit: number): BuildenvError {
  return new BuildenvError(
    'engine-failed',
    `${name} in the engine's archive has ${size} bytes; at most ${limit} were expected`,
    { hint: 'Check that the image is the one you mean.' },
  );
}
