import type { ListedEntry } from './list-image';

/** What differs at a path. */
export interface PathDifference {
  /** Absolute. */
  path: string;
  /** Undefined for what was added. */
  before: ListedEntry | undefined;
  /** Undefined for what was removed. */
  after: ListedEntry | undefined;
}

/** What differs between two listings, in the order of the paths. Equal contents and metadata do not. */
export function diffListings(
  before: ReadonlyMap<string, ListedEntry>,
  after: ReadonlyMap<string, ListedEntry>,
): PathDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => {
    const [one, other] = [before.get(path), after.get(path)];
    const equal = one !== undefined && other !== undefined && isEqual(one, other);
    return equal ? [] : [{ path, before: one, after: other }];
  });
}

function isEqual(one: ListedEntry, other: ListedEntry): boolean {
  const keys = Object.keys(one) as (keyof ListedEntry)[];
  return keys.every((key) => one[key] === other[key]);
}
