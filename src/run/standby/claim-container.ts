import { readdirSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { SOCKET } from '../plan-container';
import { awaitHello } from '../session/await-hello';

/** Milliseconds for a supervisor to say hello, which takes it less than one. */
const PATIENCE = 2_000;

/** A container that has taken this client. */
export interface Claim {
  connection: Socket;
  /** Folder of its socket. */
  folder: string;
}

/** Folders of the sockets of a key's containers. */
export function foldersOf(base: string, key: string): string[] {
  try {
    const names = readdirSync(base).filter((name) => name.startsWith(`${key}-`));
    return names.map((name) => join(base, name));
  } catch {
    return [];
  }
}

/**
 * Asks the waiting containers of a key, one after the other, to take this client. Which one does is
 * decided in the container: it takes one client, whoever asks at the same time.
 * @param version of the supervisor
 * @returns undefined where none does
 */
export async function claimContainer(
  base: string,
  key: string,
  version: string,
): Promise<Claim | undefined> {
  for (const folder of foldersOf(base, key)) {
    const connection = await askContainer(join(folder, SOCKET));
    if (connection === undefined) continue;
    const timer = setTimeout(() => connection.destroy(), PATIENCE);
    const said = await awaitHello(connection);
    clearTimeout(timer);
    if (said === version) return { connection, folder };
    connection.destroy();
  }
  return undefined;
}

async function askContainer(path: string): Promise<Socket | undefined> {
  const connection = connect(path);
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    connection.once('connect', () => resolve(undefined));
    connection.on('error', resolve);
  });
  if (error === undefined) return connection;
  // A socket that nobody listens at is of a container that was killed.
  if (error.code === 'ECONNREFUSED') rmSync(path, { force: true });
  return undefined;
}
