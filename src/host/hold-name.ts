import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_MS = 50;

/**
 * Runs the work while no other process of this machine holds the name; waits for one that does. The
 * name is an abstract Unix socket, which the kernel frees however its holder ends; unix(7).
 * @param name at most 100 bytes
 */
export async function holdName<T>(name: string, work: () => Promise<T>): Promise<T> {
  return release(await takeInTurn(name), work);
}

/**
 * Runs the work as {@link holdName} does, and nothing where another process waits for the name: that
 * one's work is yet to begin, and finds all that is so by now.
 */
export async function holdNameNext(name: string, work: () => Promise<void>): Promise<void> {
  const place = await take(`${name}-next`);
  if (place === undefined) return;
  const server = await takeInTurn(name);
  place.close();
  await release(server, work);
}

async function takeInTurn(name: string): Promise<Server> {
  for (;;) {
    const server = await take(name);
    if (server !== undefined) return server;
    await delay(POLL_MS);
  }
}

async function take(name: string): Promise<Server | undefined> {
  const server = createServer();
  server.listen(`\0${name}`);
  try {
    await once(server, 'listening');
    return server;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    return undefined;
  }
}

async function release<T>(server: Server, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    server.close();
  }
}
