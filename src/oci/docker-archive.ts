import type { ArchiveEntry } from '../archive/archive-entry';
import { entryHeader } from '../archive/entry-header';
import { archiveChunks, archiveSize, padding } from '../archive/pack-entries';
import { DigestingChunks, digestOf } from './digest';

/** A layer in an archive: its content, or its digest alone where the reader has it already. */
export type ArchivedLayer = { entries: readonly ArchiveEntry[] } | { digest: string };

const metadata = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };

/**
 * An image as `docker load` and `skopeo` read it: the layers, then its configuration
 * file, then `manifest.json` (Docker Image Specification v1.2, "Combined Image JSON + Filesystem Changeset
 * Format"). What says which layers there are comes last, so that their digests are made while they
 * pass; memory is constant.
 *
 * @param makeConfig makes the configuration file of the layers' digests
 */
export function* dockerArchive(
  reference: string,
  layers: readonly ArchivedLayer[],
  makeConfig: (digests: readonly string[]) => Buffer,
): Generator<Buffer, void, undefined> {
  const digests: string[] = [];
  const names = layers.map((_layer, index) => `layer-${index}.tar`);
  for (const [index, layer] of layers.entries()) {
    if ('digest' in layer) {
      digests.push(layer.digest);
      continue;
    }
    const size = archiveSize(layer.entries);
    const path = names[index] ?? '';
    yield entryHeader({ ...metadata, kind: 'file', path, source: path, size });
    const chunks = new DigestingChunks(archiveChunks(layer.entries));
    yield* chunks;
    yield Buffer.alloc(padding(size));
    digests.push(chunks.digest());
  }
  const config = makeConfig(digests);
  const configName = `${digestOf(config).replace('sha256:', '')}.json`;
  const manifest = [{ Config: configName, RepoTags: [reference], Layers: names }];
  yield* archiveChunks([
    { ...metadata, kind: 'buffer', path: configName, content: config },
    {
      ...metadata,
      kind: 'buffer',
      path: 'manifest.json',
      content: Buffer.from(JSON.stringify(manifest)),
    },
  ]);
}
