import type { Readable } from 'node:stream';

/** All of a stream of UTF-8 text; rejects where the stream fails or closes early. */
export async function readText(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
