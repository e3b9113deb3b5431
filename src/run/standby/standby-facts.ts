import { readFileSync, statSync } from 'node:fs';
import type { ContainerSpec } from '../../engine/engine';
import type { StandbyFacts } from './standby-key';

/**
 * Looks at this host's end of a container's mounts.
 * @param base folder of the sockets' folders, which is left out: what is in it changes
 */
export function standbyFacts(
  container: ContainerSpec,
  base: string,
  version: string,
  engine: string,
): StandbyFacts {
  const paths = container.mounts
    .filter(({ type, source }) => type === 'bind' && source !== base)
    .map(({ source }) => source);
  const sources = paths.map((path) => statSync(path, { bigint: true, throwIfNoEntry: false }));
  const mounts = mountTable().filter((line) => {
    const point = line.split(' ')[4] ?? '';
    return paths.some((path) => point.startsWith(`${path}/`));
  });
  return { container, version, engine, sources, mounts };
}

/** proc(5); empty where there is none. */
function mountTable(): string[] {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8').split('\n');
  } catch {
    return [];
  }
}
