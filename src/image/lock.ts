import type { BaseImageSpec, ImageSpec } from './image-spec';

/** Digests of upstream images, by the references that `from` has. */
export type Lock = ReadonlyMap<string, string>;

/** Name of the file beside `buildenv.yaml`. */
export const LOCK_FILE = 'buildenv.lock';

/** A lock as its file holds it: sorted, so that equal locks are equal files. */
export function formatLock(lock: Lock): string {
  const bases = Object.fromEntries([...lock].sort(([a], [b]) => (a < b ? -1 : 1)));
  return `${JSON.stringify({ version: 1, bases }, undefined, 2)}\n`;
}

/** References of upstream images that a lock is to pin: those without a digest of their own. */
export function lockedReferences(images: Iterable<ImageSpec>): string[] {
  const references = [...images].flatMap((spec) =>
    spec.kind === 'base' && spec.from !== undefined && !spec.from.includes('@') ? [spec.from] : [],
  );
  return [...new Set(references)].sort();
}

/** How a lock differs from what it should be, one line for each difference. */
export function lockDrift(lock: Lock, wanted: Lock): string[] {
  const added = [...wanted].flatMap(([reference, digest]) => {
    const pinned = lock.get(reference);
    if (pinned === digest) return [];
    return [
      `${reference} is ${digest}, and pinned ${pinned === undefined ? 'nowhere' : `to ${pinned}`}`,
    ];
  });
  const gone = [...lock.keys()].filter((reference) => !wanted.has(reference));
  return [...added, ...gone.map((reference) => `${reference} is pinned, and nothing uses it`)];
}

/** What an engine is asked for to get a base image: by digest where that is pinned. */
export function upstreamReference({ from, pinned }: BaseImageSpec): string | undefined {
  if (from === undefined || pinned === undefined) return from;
  return `${from.replace(/:[^:/]+$/, '')}@${pinned}`;
}
