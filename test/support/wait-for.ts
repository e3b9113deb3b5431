import { setTimeout as delay } from 'node:timers/promises';

const LIMIT = 20_000;
const INTERVAL = 50;

/** Looks until something is so; fails where it does not become so. @param what for the failure */
export async function waitFor(what: string, isSo: () => boolean): Promise<void> {
  const deadline = Date.now() + LIMIT;
  while (!isSo()) {
    if (Date.now() > deadline) throw new Error(`waited in vain for ${what}`);
    await delay(INTERVAL);
  }
}
