import dockerignore from '@balena/dockerignore';

/** A choice among the paths of a tree. */
export interface PathFilter {
  matches(path: string): boolean;
  /** Whether something below a folder that matches can be taken back, as `!a/b` does. */
  haveExceptions: boolean;
}

const NOTHING: PathFilter = { matches: () => false, haveExceptions: false };

/**
 * Paths and globs of a tree, each with all that is below it, `!` before exceptions.
 * @see https://docs.docker.com/build/concepts/context/#dockerignore-files for the format
 */
export function pathFilter(patterns: readonly string[]): PathFilter {
  if (patterns.length === 0) return NOTHING;
  const rules = dockerignore({ ignorecase: false }).add([...patterns]);
  return {
    matches: (path) => path !== '' && rules.ignores(path),
    haveExceptions: patterns.some((pattern) => pattern.startsWith('!')),
  };
}
