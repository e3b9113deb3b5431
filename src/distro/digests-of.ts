import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { hostPath } from '../archive/byte-name';

/**
 * Digests of a file of this machine, in hexadecimal digits.
 * @param source a name as `decodeName` makes it
 */
export async function digestsOf(source: string): Promise<{ sha1: string; sha256: string }> {
  const [sha1, sha256] = [createHash('sha1'), createHash('sha256')];
  for await (const chunk of createReadStream(hostPath(source))) {
    sha1.update(chunk as Buffer);
    sha256.update(chunk as Buffer);
  }
  return { sha1: sha1.digest('hex'), sha256: sha256.digest('hex') };
}
