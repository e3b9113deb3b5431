import type { ArchiveEntry } from '../archive/archive-entry';
import { parentsOf } from './parents-of';

/**
 * Entries with the folders that lead to them, each before what is in it and once.
 *
 * @param entries sorted
 * @param folders by path; one that is not there is left to the engine, as it is the base's
 */
export function withFolders(
  entries: readonly ArchiveEntry[],
  folders: ReadonlyMap<string, ArchiveEntry>,
): ArchiveEntry[] {
  const paths = new Set<string>();
  const all: ArchiveEntry[] = [];
  for (const entry of entries) {
    for (const path of [...parentsOf(entry.path)].reverse()) {
      const folder = folders.get(path);
      if (folder === undefined || paths.has(path)) continue;
      all.push(folder);
      paths.add(path);
    }
    if (paths.has(entry.path)) continue;
    all.push(entry);
    paths.add(entry.path);
  }
  return all;
}

/** The folders among entries, by path. */
export function foldersOf(entries: readonly ArchiveEntry[]): Map<string, ArchiveEntry> {
  return new Map(
    entries.flatMap((entry) => (entry.kind === 'folder' ? [[entry.path, entry] as const] : [])),
  );
}
