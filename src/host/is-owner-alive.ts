import { kill } from 'node:process';
import { machineName } from './own-container';

/**
 * Whether a process may still be there. One of another machine is taken to be.
 * @param owner `host:pid`
 */
export function isOwnerAlive(owner: string): boolean {
  const [host, pid] = owner.split(':');
  if (host !== machineName()) return true;
  try {
    return kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
