/**
 * Name of the volume that keeps a cache between runs. Each user has an own one: what one of them
 * writes, another could not.
 */
export function cacheVolume(project: string, cache: string, uid: number): string {
  return `buildenv-${project}-${cache}-${uid}`;
}
