import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { containerIds, mountPoints } from './proc-container';

/** Files that Docker and Podman make in every container. */
const MARKS = ['/.dockerenv', '/run/.containerenv'];

let ids: readonly string[] | undefined;

/**
 * Ids that the container of this process may have, the likeliest first; none outside of one, which
 * costs two looks at the file system.
 */
export function ownContainerIds(): readonly string[] {
  return (ids ??= MARKS.some((mark) => existsSync(mark))
    ? containerIds(read('/proc/self/cgroup'), read('/proc/self/mountinfo'))
    : []);
}

/**
 * What tells this machine from others: its host name, or the id of the container it is, whose host
 * name can be that of its host or of another container.
 */
export function machineName(): string {
  return ownContainerIds()[0]?.slice(0, 12) ?? hostname();
}

/** Absolute paths at which something is mounted for this process. */
export function readMountPoints(): string[] {
  return mountPoints(read('/proc/self/mountinfo'));
}

function read(file: string): string {
  return readFileSync(file, 'utf8');
}
