import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Runs the work while no other process of this machine holds the name; waits for one that does. The
 * name is an abstract Unix socket, which the kernel frees however its holder ends; unix(7).
 * @param name at most 100 bytes
 */
export async function holdName<T>(name: string, work: () => Promise<T>): Promise<T> {
  const server = createServer();
  for (;;) {
    server.listen(`\0${name}`);
    try {
      await once(server, 'listening');
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
      await delay(POLL_MS);
    }
  }
  try {
    return await work();
  } finally {
    server.close();
  }
}
