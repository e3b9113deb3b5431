import { posix } from 'node:path';

/** Which of the paths below a folder are selected. */
export interface PathFilter {
  /** The folder; or, where nothing is matched by a pattern, whatever is selected. Absolute. */
  base: string;
  /** Whether `base` is not selected itself, but what a pattern matches below it. */
  isPattern: boolean;
  /** Tells filters with the same base apart. */
  key: string;
  /** @param path relative to the base, empty for itself */
  selects(path: string): boolean;
  /** Whether nothing at the path and below it is selected. */
  excludes(path: string): boolean;
}

/**
 * Understands a path or glob, and patterns of what to leave out. A pattern without a slash matches
 * names at any depth; one that matches a folder matches all that is in it. Syntax as of bash:
 * `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of folders; a dot at a name's begin is matched.
 *
 * @param path absolute
 * @param isLiteral whether something with exactly this name is there, so that it is no pattern
 */
export async function pathFilter(
  path: string,
  isLiteral: (path: string) => boolean | Promise<boolean>,
  exclude: readonly string[] = [],
): Promise<PathFilter> {
  const isPattern = /[*?[{]/.test(path) && !(await isLiteral(path));
  if (!isPattern && exclude.length === 0) {
    return { base: path, isPattern, key: '', selects: () => true, excludes: () => false };
  }
  // Loaded here: most distros select whole folders.
  const { default: picomatch } = await import('picomatch');
  const parts = path.split('/');
  const fixed = isPattern ? parts.findIndex((part) => /[*?[{]/.test(part)) : parts.length;
  const pattern = parts.slice(fixed).join('/');
  const excluded = exclude.map((one) =>
    picomatch(one, { dot: true, basename: !one.includes('/') }),
  );
  const included = isPattern ? picomatch(pattern, { dot: true }) : () => true;
  const anyOf = (target: string, matches: (one: string) => boolean) => {
    for (let one = target; one !== '.' && one !== ''; one = posix.dirname(one)) {
      if (matches(one)) return true;
    }
    return false;
  };
  const excludes = (target: string) =>
    anyOf(target, (one) => excluded.some((matches) => matches(one)));
  return {
    base: parts.slice(0, fixed).join('/') || '/',
    isPattern,
    key: JSON.stringify([pattern, exclude]),
    selects: (target) => !excludes(target) && (!isPattern || anyOf(target, included)),
    excludes,
  };
}
