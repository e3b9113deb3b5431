import { BuildenvError } from '../errors/buildenv-error';

/** What the kernel refuses on a machine that is full, locked or busy, and what to do: errno(3). */
const ADVICE: Readonly<Record<string, readonly [string, string]>> = {
  ENOSPC: ['no space is left on the device', 'Make room, then run the command again.'],
  EDQUOT: ['the disk quota is used up', 'Make room, then run the command again.'],
  EROFS: ['the file system is read-only', 'Work in a folder that can be written to.'],
  EACCES: ['permission denied', 'Check who owns it, and its permissions.'],
  EPERM: ['not permitted', 'Check who owns it, and its permissions.'],
  ENOTDIR: ['there is a file in the place of a folder', 'Move it away, or choose another path.'],
  EEXIST: ['something is there already', 'Move it away, or choose another path.'],
  EMFILE: ['too many open files', 'Raise the limit: ulimit -n.'],
  EIO: ['input or output error', 'Check the disk.'],
};

/** A refusal of the kernel that nothing expected as an error of the machine; others are as they were. */
export function translateSystemError(error: unknown): unknown {
  const { code = '', path, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  const [reason, hint] = ADVICE[code] ?? [];
  if (reason === undefined || syscall === undefined) return error;
  return new BuildenvError('host', `${path ?? syscall}: ${reason}`, { hint, cause: error });
}
