import { parentOf, ROOT, type SyncedEntry, type TreeEntry, type VolumeChanges } from './tree-entry';

/** How a volume is brought to what a tree is. */
export interface PushPlan {
  /** Paths to remove first, with all that is below. */
  remove: readonly string[];
  /** What to write, a folder before what is in it. */
  put: readonly TreeEntry[];
}

/**
 * All of a tree, into a volume of which nothing is known: what is in it goes first.
 * @param changes all that is in the volume
 * @param mountPoints as for {@link planPush}
 */
export function planFirst(
  tree: readonly TreeEntry[],
  changes: VolumeChanges,
  mountPoints: readonly string[],
): PushPlan {
  return { remove: uppermost(new Set(changes.entries.keys()), mountPoints), put: tree };
}

/**
 * Compares a tree with what it had in common with the volume, and that with what was changed in the
 * volume since. What a run made in the volume by itself stays: it is what makes the next build
 * incremental. Pure.
 * @param synced by path, a folder before what is in it
 * @param mountPoints folders of the volume that something else may be mounted on in a container that
 * waits: to remove one would unmount it there
 */
export function planPush(
  tree: readonly TreeEntry[],
  synced: ReadonlyMap<string, SyncedEntry>,
  changes: VolumeChanges,
  mountPoints: readonly string[],
): PushPlan {
  const lost = lostEntries(synced, changes);
  const put = tree.filter((entry) => {
    const before = synced.get(entry.path);
    return before === undefined || lost.has(entry.path) || !isSame(entry, before);
  });
  const present = new Set(tree.map(({ path }) => path));
  const gone = new Set([...synced.keys()].filter((path) => !present.has(path)));
  return { remove: uppermost(gone, mountPoints), put };
}

/** The paths with which all others go, and no mount point does. */
function uppermost(paths: ReadonlySet<string>, mountPoints: readonly string[]): readonly string[] {
  const stays = (path: string) =>
    mountPoints.some((point) => point === path || point.startsWith(`${path}/`));
  return [...paths].filter((path) => {
    const parent = parentOf(path);
    return !stays(path) && (!paths.has(parent) || stays(parent));
  });
}

function isSame(entry: TreeEntry, before: SyncedEntry): boolean {
  return (
    entry.kind === before.kind &&
    entry.mode === before.mode &&
    entry.uid === before.uid &&
    entry.gid === before.gid &&
    (entry.kind === 'folder' || (entry.size === before.size && entry.mtimeMs === before.mtimeMs))
  );
}

/** Paths of what the volume does not have any more as it was. */
export function lostEntries(
  synced: ReadonlyMap<string, SyncedEntry>,
  { folders, entries }: VolumeChanges,
): ReadonlySet<string> {
  const lost = new Set<string>();
  if (folders.size === 0 && entries.size === 0) return lost;
  /** Folders that are not there any more, or not as folders. */
  const gone = new Set<string>();
  for (const [path, before] of synced) {
    if (path === ROOT) continue;
    const parent = parentOf(path);
    const now = entries.get(path);
    const isGone =
      gone.has(parent) || (now === undefined ? folders.has(parent) : now.kind !== before.kind);
    if (isGone) gone.add(path);
    const isOther =
      now !== undefined &&
      (now.mode !== before.mode ||
        (before.kind !== 'folder' &&
          (now.size !== before.size || now.mtime !== before.volumeMtime)));
    if (isGone || isOther) lost.add(path);
  }
  return lost;
}
