import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** Name of a container's socket in its folder. */
const SOCKET = 's';

/** Between two looks, in milliseconds; and how long to look. */
const LOOK = 10;
const PATIENCE = 10_000;

/**
 * Until so many containers can be connected to.
 * @param runtime what `XDG_RUNTIME_DIR` says
 */
export async function containersWait(runtime, count) {
  const base = join(runtime, 'buildenv');
  const names = () => (existsSync(base) ? readdirSync(base) : []);
  const waiting = () => names().filter((name) => existsSync(join(base, name, SOCKET)));
  for (const begin = Date.now(); waiting().length < count; await setTimeout(LOOK)) {
    if (Date.now() - begin > PATIENCE) throw new Error(`no container waits in ${base}`);
  }
}
