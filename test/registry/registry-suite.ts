import { spawnSync } from 'node:child_process';

/** Debian's packages that have them: docker-registry, openssl. */
const PROGRAMS = ['docker-registry', 'openssl'];

const missing = PROGRAMS.filter((name) => spawnSync(name, ['--version']).error !== undefined);

/** A suite that needs a registry of its own. Without one it is skipped loudly; with REQUIRE_ENGINE=1 it fails. */
export const registrySuite: (name: string, body: () => void) => void =
  missing.length === 0 || process.env['REQUIRE_ENGINE'] === '1'
    ? describe
    : (name, body) => {
        console.warn(`Skipped, for want of ${missing.join(' and ')}: ${name}`);
        describe.skip(name, body);
      };
