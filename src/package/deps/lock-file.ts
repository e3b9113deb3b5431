import { existsSync, readFileSync } from 'node:fs';
import type { LockedPackage } from './apply-resolve';

interface LockFile {
  arch: string;
  packages: readonly LockedPackage[];
}

/** A lock file: every package of the resolved tree, by name. */
export function lockText(arch: string, packages: readonly LockedPackage[]): string {
  return `${JSON.stringify({ arch, packages } satisfies LockFile, undefined, 2)}\n`;
}

/** What a lock file would say otherwise than it does: `- name version` and `+ name version`. */
export function lockChanges(file: string, packages: readonly LockedPackage[]): string[] {
  const before = linesOf(readLock(file));
  const after = linesOf(packages);
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line}`),
  ];
}

function readLock(file: string): readonly LockedPackage[] {
  if (!existsSync(file)) return [];
  try {
    return (JSON.parse(readFileSync(file, 'utf8')) as LockFile).packages;
  } catch {
    // What is no lock file is replaced as a whole.
    return [];
  }
}

function linesOf(packages: readonly LockedPackage[]): string[] {
  return packages.map(
    ({ name, version, arch, url, sha256 }) => `${name} ${version} ${arch} ${url} ${sha256}`,
  );
}
