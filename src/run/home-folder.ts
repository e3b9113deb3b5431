import { isAbsolute } from 'node:path';
import { type Caller, ROOT_UID } from './caller';

/**
 * Home of the caller inside a container: root's is the image's own; another user's is where it is on
 * the host, so that paths below it mean the same, unless there is none (system accounts).
 */
export function homeFolder({ uid, name, home }: Caller): string {
  if (uid === ROOT_UID) return '/root';
  const usable = isAbsolute(home) && home !== '/' && home !== '/nonexistent';
  return usable ? home : `/home/${name}`;
}

/** Replaces a leading `~` by the home folder. */
export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? home + path.slice(1) : path;
}
