import type { Finding } from '../finding';
import { entriesOf, memberOf } from '../yaml/yaml-value';

/** Keys of a registry that belong to one kind of `auth`. */
const KEYS: readonly (readonly [key: string, auth: string])[] = [
  ['username', 'basic'],
  ['azure', 'azure'],
];

/** Finds keys of a registry that do not go with its `auth`, and those that it lacks. */
export function checkRegistries(file: unknown): Finding[] {
  const findings: Finding[] = [];
  for (const [name, registry] of entriesOf(memberOf(file, 'registries'))) {
    const path = ['registries', name];
    const auth = memberOf(registry, 'auth');
    for (const [key, needed] of KEYS) {
      if (memberOf(registry, key) !== undefined && typeof auth === 'string' && auth !== needed) {
        const message = `'${key}' goes with 'auth: ${needed}'`;
        const hint = `remove it, or say 'auth: ${needed}'`;
        findings.push({ path: [...path, key], at: 'key', message, hint });
      }
    }
    if (auth === 'basic' && memberOf(registry, 'username') === undefined) {
      const message = "'auth: basic' needs 'username' and 'passwordVariable'";
      const hint = 'the password itself stays out of this file';
      findings.push({ path: [...path, 'auth'], at: 'value', message, hint });
    }
  }
  return findings;
}
