import type { ArchiveEntry } from '../archive/archive-entry';
import { bytesOf } from './split-layers';
import { foldersOf, withFolders } from './with-folders';

/** So much at least is worth being left alone by the changes of what comes above it, in bytes. */
const ENOUGH = 32 * 2 ** 20;

/** And so many times of what comes above, which an engine takes half as fast as the lowest layer. */
const SHARE = 3;

/** By how long files stay as they are, the longest first. */
const KINDS = ['from the image', 'data', 'program'] as const;

/**
 * Puts what changes often above what seldom does, so that a program that was built anew is sent
 * without the rest: at the bottom what is from the image, then what of the host is no program, then
 * its programs and libraries. A group ends with a kind that is large enough, beside what comes
 * above. Paths, modes and sizes count, contents do not.
 *
 * @param entries sorted, with the folders that lead to them
 * @param fromImage paths of what is from the image
 * @returns groups, the lowest first, each with the folders that lead to its own entries
 */
export function layerGroups(
  entries: readonly ArchiveEntry[],
  fromImage: ReadonlySet<string>,
): ArchiveEntry[][] {
  const folders = foldersOf(entries);
  const groups: ArchiveEntry[][] = [];
  let group = new Set<ArchiveEntry>();
  let above = bytesOf(entries);
  let below = 0;
  for (const kind of KINDS) {
    const ofKind = entries.filter((entry) => kindOf(entry, fromImage) === kind);
    ofKind.forEach((entry) => group.add(entry));
    below += bytesOf(ofKind);
    above -= bytesOf(ofKind);
    if (below < ENOUGH || below < SHARE * above) continue;
    groups.push(entries.filter((entry) => group.has(entry)));
    [group, below] = [new Set(), 0];
  }
  groups.push(entries.filter((entry) => group.has(entry)));
  return groups.filter(({ length }) => length > 0).map((one) => withFolders(one, folders));
}

function kindOf(entry: ArchiveEntry, fromImage: ReadonlySet<string>): (typeof KINDS)[number] {
  if (fromImage.has(entry.path)) return 'from the image';
  const isLibrary = /\.so(\.|$)/.test(entry.path);
  const isProgram = entry.kind === 'file' && (isLibrary || (entry.mode & 0o111) !== 0);
  return isProgram ? 'program' : 'data';
}
