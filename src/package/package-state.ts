import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from '../engine/engine';
import { replaceFile } from '../host/replace-file';
import { LABEL } from '../image/labels';
import type { Rpm } from './rpm';
import { cacheVolume, type PackageScope, rpmVolume, scopeLabels } from './scope';

/** A build that ended well. */
export interface BuiltPackage {
  /** Content key of all that it was built from. */
  key: string;
  rpms: readonly Rpm[];
}

/** What the volume of RPMs holds. */
export interface PackageState {
  /** Key of the volume; where the volume has another, nothing of this holds. */
  volume: string;
  /** Each package's last build, by name. */
  packages: Readonly<Record<string, BuiltPackage>>;
  /** Key of what the repository was made of. */
  repository: string | undefined;
}

/** Undefined where nothing was built yet, or where the volume is gone. */
export async function loadState(
  scope: PackageScope,
  engine: Engine,
): Promise<PackageState | undefined> {
  const labels = await engine.volumes.inspectVolume(rpmVolume(scope));
  if (labels === undefined) return undefined;
  const volume = labels[LABEL.key] ?? '';
  const state = readState(scope);
  return state?.volume === volume ? state : { volume, packages: {}, repository: undefined };
}

/** The state, with volumes made where they are not there. */
export async function ensureState(scope: PackageScope, engine: Engine): Promise<PackageState> {
  const cache = cacheVolume(scope);
  if ((await engine.volumes.inspectVolume(cache)) === undefined) {
    await engine.volumes.createVolume(cache, scopeLabels(scope, 'rpm-cache', 'ccache'));
  }
  const found = await loadState(scope, engine);
  if (found !== undefined) return found;
  const volume = randomUUID();
  await engine.volumes.createVolume(rpmVolume(scope), {
    ...scopeLabels(scope, 'rpms', 'rpms'),
    [LABEL.key]: volume,
  });
  return { volume, packages: {}, repository: undefined };
}

/**
 * Notes a change of the state: over what is there by now, since another process may have built
 * another package in the meantime.
 */
export function updateState(
  scope: PackageScope,
  base: PackageState,
  change: (state: PackageState) => PackageState,
): PackageState {
  const stored = readState(scope);
  const state = change(stored?.volume === base.volume ? stored : base);
  replaceFile(stateFile(scope), JSON.stringify(state, undefined, 2));
  return state;
}

function readState(scope: PackageScope): PackageState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile(scope), 'utf8')) as PackageState;
  } catch {
    // Not there, or not whole: what it would say is found out again by a build.
    return undefined;
  }
}

const stateFile = ({ folder }: PackageScope): string => join(folder, 'state.json');
