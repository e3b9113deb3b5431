import type { HostFacts } from './host-facts';

/** An environment variable; undefined also where it is empty, which the docker CLI takes as unset. */
export function variable({ env }: HostFacts, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
