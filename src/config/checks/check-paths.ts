import { statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { resolve } from 'node:path';
import type { Finding } from '../finding';
import { entriesOf, memberOf } from '../yaml/yaml-value';

/** Undefined where nothing is there, or where it cannot be seen. */
function look(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Finds Dockerfiles, context folders and certificate files that are not there. Paths start from `root`. */
export function checkPaths(file: unknown, root: string): Finding[] {
  const findings: Finding[] = [];
  for (const [name, registry] of entriesOf(memberOf(file, 'registries'))) {
    const ca = memberOf(registry, 'ca');
    if (typeof ca === 'string' && !look(resolve(root, ca))?.isFile()) {
      const hint = `paths start from ${root}`;
      const message = `there is no file '${ca}'`;
      findings.push({ path: ['registries', name, 'ca'], at: 'value', message, hint });
    }
  }
  for (const [name, image] of entriesOf(memberOf(file, 'images'))) {
    const report = (key: string, message: string): void => {
      const hint = `paths start from ${root}`;
      findings.push({ path: ['images', name, key], at: 'value', message, hint });
    };
    const dockerfile = memberOf(image, 'dockerfile');
    if (typeof dockerfile === 'string' && !look(resolve(root, dockerfile))?.isFile()) {
      report('dockerfile', `there is no file '${dockerfile}'`);
    }
    const context = memberOf(image, 'context');
    if (typeof context === 'string' && !look(resolve(root, context))?.isDirectory()) {
      report('context', `there is no folder '${context}'`);
    }
  }
  return findings;
}
