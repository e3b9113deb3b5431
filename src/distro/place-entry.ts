import { posix } from 'node:path';

const FOLDER_MODE = 0o755;
export const LINK_MODE = 0o777;

/** Path in the image without a leading slash, for what is at a path below what is selected. */
export function imagePath(to: string, below: string): string {
  return posix.resolve('/', to, below).slice(1);
}

/** A folder may be entered by whom it may be read, and has no setuid or setgid bits. */
export function folderMode(mode: number | undefined): number {
  return mode === undefined ? FOLDER_MODE : (mode & 0o777) | ((mode & 0o444) >> 2);
}

/** What the image keeps of a file's mode on the host, which depends on the umask of who built it. */
export function fileMode(onHost: number): number {
  return (onHost & 0o111) === 0 ? 0o644 : 0o755;
}
