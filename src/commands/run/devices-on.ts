import { existsSync } from 'node:fs';
import type { Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { EnvironmentSpec } from '../../run/environment-spec';

/**
 * Paths of the devices that a run gets: those that this machine has. Of an engine elsewhere nobody
 * knows which it has: those that are required.
 * @throws {BuildenvError} `host` for a required one that is not there
 */
export function devicesOn(engine: Engine, { devices }: Pick<EnvironmentSpec, 'devices'>): string[] {
  if (engine.socket === undefined) {
    return devices.filter(({ required }) => required).map(({ path }) => path);
  }
  const missing = devices.find(({ path, required }) => required && !existsSync(path));
  if (missing !== undefined) {
    throw new BuildenvError(
      'host',
      `This machine has no ${missing.path}, which the environment requires`,
      {
        hint: 'Say `required: false` for a device that is not always needed.',
      },
    );
  }
  return devices.map(({ path }) => path).filter(existsSync);
}
