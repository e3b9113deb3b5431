import { randomUUID } from 'node:crypto';
import { createWriteStream, mkdirSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ArchiveEntry } from '../archive/archive-entry';
import { archiveChunks } from '../archive/pack-entries';
import { DigestingChunks, digestOf } from './digest';

const TYPE = 'application/vnd.oci.image';

interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
}

/**
 * Writes an image as the OCI Image Layout (OCI Image Specification v1.1) in a folder that is empty.
 * Layers are not compressed: what gzip makes of equal bytes differs between its versions, and a
 * digest is to be the same everywhere.
 *
 * @param tag in the layout's index
 * @param platform `linux/amd64`
 * @param makeConfig makes the configuration file of the layers' digests
 * @returns the digests of the layers
 * @throws AbortError when aborted
 */
export async function writeOciLayout(
  folder: string,
  tag: string,
  platform: string,
  layers: readonly (readonly ArchiveEntry[])[],
  makeConfig: (digests: readonly string[]) => Buffer,
  signal: AbortSignal,
): Promise<string[]> {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const blob = (digest: string) => join(blobs, digest.replace('sha256:', ''));
  const writeJson = (mediaType: string, content: Buffer): Descriptor => {
    const digest = digestOf(content);
    writeFileSync(blob(digest), content);
    return { mediaType, digest, size: content.length };
  };

  const layerDescriptors: Descriptor[] = [];
  for (const entries of layers) {
    const file = join(blobs, randomUUID());
    const chunks = new DigestingChunks(archiveChunks(entries));
    await pipeline(Readable.from(chunks), createWriteStream(file), { signal });
    const digest = chunks.digest();
    const mediaType = `${TYPE}.layer.v1.tar`;
    layerDescriptors.push({ mediaType, digest, size: statSync(file).size });
    renameSync(file, blob(digest));
  }
  const digests = layerDescriptors.map(({ digest }) => digest);
  const config = writeJson(`${TYPE}.config.v1+json`, makeConfig(digests));
  const manifestType = `${TYPE}.manifest.v1+json`;
  const manifest = { schemaVersion: 2, mediaType: manifestType, config, layers: layerDescriptors };
  const [os, architecture] = platform.split('/');
  const described = {
    ...writeJson(manifestType, Buffer.from(JSON.stringify(manifest))),
    platform: { architecture, os },
    annotations: { 'org.opencontainers.image.ref.name': tag },
  };
  const index = { schemaVersion: 2, mediaType: `${TYPE}.index.v1+json`, manifests: [described] };
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  writeFileSync(join(folder, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
  return digests;
}
