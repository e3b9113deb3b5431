import type { UlimitSpec } from '../run/environment-spec';
import type { UlimitEntry } from './project-file';

/** A valid ulimit in any of its three forms. */
export function parseUlimit(entry: UlimitEntry): UlimitSpec {
  if (typeof entry === 'object') return { soft: entry.soft, hard: entry.hard };
  const [soft = '', hard = soft] = String(entry).split(':');
  return { soft: Number(soft), hard: Number(hard) };
}
