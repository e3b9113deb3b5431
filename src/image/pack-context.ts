import type { Readable } from 'node:stream';
import type { ArchiveEntry } from '../archive/archive-entry';
import { packEntries } from '../archive/pack-entries';
import type { BuildContext, ContextEntry } from './build-context';
import type { DockerfileImageSpec } from './image-spec';

/** Name of a Dockerfile in the archive that is not part of its context. */
const OUTSIDE_DOCKERFILE = '.buildenv.Dockerfile';

/**
 * The tar stream that a build reads, and the Dockerfile's name in it. File times are fixed, so that
 * an unchanged context is an unchanged stream.
 */
export function packContext(
  spec: DockerfileImageSpec,
  { dockerfile, entries }: BuildContext,
): { dockerfile: string; archive: Readable } {
  const packed = entries.map(archiveEntry);
  const inside = entries.find(({ source }) => source === spec.dockerfile);
  if (inside !== undefined) return { dockerfile: inside.path, archive: packEntries(packed) };
  const outside: ArchiveEntry = {
    kind: 'buffer',
    path: OUTSIDE_DOCKERFILE,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0,
    content: Buffer.from(dockerfile),
  };
  return { dockerfile: OUTSIDE_DOCKERFILE, archive: packEntries([...packed, outside]) };
}

function archiveEntry({ source, ...entry }: ContextEntry): ArchiveEntry {
  const owner = { uid: 0, gid: 0, mtime: 0 };
  if (entry.kind !== 'file') return { ...entry, ...owner };
  const { path, mode, size } = entry;
  return { kind: 'file', path, mode, size, source, ...owner };
}
