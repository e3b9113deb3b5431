import { createHash } from 'node:crypto';
import { BuildenvError } from '../../errors/buildenv-error';
import type { HttpResponse } from '../http/http-client';
import type { Manifest } from '../registry';

const MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';

/** All kinds that this tool can read: of Docker and of OCI, of one platform and of several. */
export const MANIFEST_TYPES = [
  MANIFEST,
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
].join(', ');

/** The kind of manifest that every registry takes. */
export const PLAIN_MANIFEST = MANIFEST;

export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

export function isDigest(reference: string): boolean {
  return /^sha256:[0-9a-f]{64}$/.test(reference);
}

/**
 * The manifest in an answer.
 * @param name of what was asked for, for messages: `host/kontain/km:latest`
 * @param expected digest that was asked for, if one was
 * @throws {BuildenvError} `registry-failed` where the bytes have another digest, or are no manifest
 */
export function readManifest(
  { headers, body }: HttpResponse,
  name: string,
  expected: string | undefined,
): Manifest {
  const digest = digestOf(body);
  const said = expected ?? headers['docker-content-digest'];
  if (said !== undefined && said !== digest) {
    const message = `The registry's manifest of ${name} is damaged: its digest is ${digest}, not ${String(said)}`;
    throw new BuildenvError('registry-failed', message, { hint: 'Push the image again.' });
  }
  try {
    const { mediaType, config } = JSON.parse(body.toString('utf8')) as {
      mediaType?: string;
      config?: { digest: string };
    };
    const type = mediaType ?? headers['content-type'] ?? '';
    return { digest, mediaType: type, config: config?.digest, content: body };
  } catch (cause) {
    throw new BuildenvError('registry-failed', `What is at ${name} is no manifest`, { cause });
  }
}
