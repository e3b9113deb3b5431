import { posix } from 'node:path';
import type { Finding } from '../finding';
import { parseUlimit } from '../parse-ulimit';
import type { UlimitEntry } from '../project-file';
import { entriesOf, itemsOf, memberOf } from '../yaml/yaml-value';

interface Place {
  target: unknown;
  path: readonly string[];
}

/** Targets, absolute paths or ones below `~`, that an earlier place has already. */
function takenTwice(places: readonly Place[]): Finding[] {
  const taken = new Set<string>();
  return places.flatMap(({ target, path }) => {
    if (typeof target !== 'string') return [];
    const normal = posix.normalize(target);
    if (!taken.has(normal)) {
      taken.add(normal);
      return [];
    }
    const message = `'${target}' is the target of an earlier entry`;
    return [{ path, at: 'value', message, hint: 'give each its own target' }];
  });
}

/** A soft limit above its hard limit; -1 is unlimited. */
function softAboveHard(entry: unknown, path: readonly string[]): Finding[] {
  const { soft, hard } = parseUlimit(entry as UlimitEntry);
  const above = hard !== -1 && (soft === -1 || soft > hard);
  if (!above) return [];
  const message = `the soft limit ${soft} is above the hard limit ${hard}`;
  return [{ path, at: 'value', message, hint: 'the soft limit comes first: "1024:4096"' }];
}

/** Finds entries that are right by themselves and cannot be had together. */
export function checkConflicts(file: unknown): Finding[] {
  const findings: Finding[] = [];
  for (const [name, environment] of entriesOf(memberOf(file, 'environments'))) {
    const path = ['environments', name];
    const ulimits = entriesOf(memberOf(environment, 'ulimits'));
    for (const [limit, entry] of ulimits.filter(([, value]) => value !== null)) {
      findings.push(...softAboveHard(entry, [...path, 'ulimits', limit]));
    }
    const caches = entriesOf(memberOf(environment, 'caches')).map(([cache, target]) => {
      return { target, path: [...path, 'caches', cache] };
    });
    findings.push(...takenTwice(caches));
  }
  for (const [name, distro] of entriesOf(memberOf(file, 'distros'))) {
    const files = itemsOf(memberOf(distro, 'files')).map((entry, index) => {
      const path = ['distros', name, 'files', String(index), 'to'];
      return { target: memberOf(entry, 'to'), path };
    });
    findings.push(...takenTwice(files));
  }
  return findings;
}
