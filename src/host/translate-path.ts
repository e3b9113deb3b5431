/** A part of a container's file system that is not its own. */
export interface MountedPart {
  /** Absolute path on the engine's machine; undefined for what is on no path there: in memory. */
  source: string | undefined;
  /** Absolute path in the container, without links. */
  target: string;
}

/** The innermost of the mounts that a path is on. Pure. */
export function mountOf<T extends Pick<MountedPart, 'target'>>(
  path: string,
  mounts: readonly T[],
): T | undefined {
  return mounts
    .filter(({ target }) => isOn(path, target))
    .reduce<T | undefined>(
      (inner, mount) =>
        inner === undefined || mount.target.length >= inner.target.length ? mount : inner,
      undefined,
    );
}

/**
 * A path of a container as its engine's machine has it; undefined where it is on no mount from there.
 * Pure.
 * @param path absolute, without links
 */
export function translatePath(path: string, mounts: readonly MountedPart[]): string | undefined {
  const { source, target } = mountOf(path, mounts) ?? {};
  if (source === undefined || target === undefined) return undefined;
  const rest = target === '/' ? path : path.slice(target.length);
  return rest === '' || rest === '/' ? source : `${source.replace(/\/$/, '')}${rest}`;
}

function isOn(path: string, target: string): boolean {
  return target === '/' || path === target || path.startsWith(`${target}/`);
}
