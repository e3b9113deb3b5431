import type { PackageManager } from './package-manager';
import type { Packages } from './packages';

export interface InstallRequest {
  manager: PackageManager;
  /** The image's packages. */
  chosen: Packages;
  /** This machine's. */
  installed: Packages;
  /** Whether the caller is root; others install by sudo. */
  root: boolean;
  /** Install without asking. */
  yes: boolean;
}

export interface InstallPlan {
  /** Names in the order of the alphabet. */
  missing: readonly string[];
  /** The command that installs them; empty where none is missing. */
  argv: readonly string[];
}

/** What this machine lacks of an image's packages, and how to get it. Pure. */
export function planInstall({
  manager,
  chosen,
  installed,
  root,
  yes,
}: InstallRequest): InstallPlan {
  const missing = [...chosen.keys()].filter((name) => !installed.has(name)).sort();
  if (missing.length === 0) return { missing, argv: [] };
  const install = yes ? manager.installUnasked : manager.install;
  return { missing, argv: [...(root ? [] : ['sudo']), ...install, ...missing] };
}
