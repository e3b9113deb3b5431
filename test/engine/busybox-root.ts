import type { Readable } from 'node:stream';
import { statSync } from 'node:fs';
import type { ArchiveEntry } from '../../src/archive/archive-entry';
import { packEntries } from '../../src/archive/pack-entries';

/** Of the package busybox-static, so that nothing else is needed in an image. */
const BUSYBOX = '/bin/busybox';
const NAMES = ['sh', 'cat', 'echo', 'sleep', 'stat', 'true', 'id', 'touch'];

/** The layer of a small image that can run commands. */
export function busyboxRoot(more: readonly ArchiveEntry[] = []): Readable {
  const metadata = { mode: 0o755, uid: 0, gid: 0, mtime: 0 };
  const size = statSync(BUSYBOX).size;
  return packEntries([
    { ...metadata, kind: 'folder', path: 'bin' },
    { ...metadata, kind: 'file', path: 'bin/busybox', source: BUSYBOX, size },
    ...NAMES.map((name) => {
      return { ...metadata, kind: 'link', path: `bin/${name}`, target: 'busybox' } as const;
    }),
    ...more,
  ]);
}
