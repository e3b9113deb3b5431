import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { fromContext } from '../../src/engine/discovery/from-context';
import { fromEnvironment } from '../../src/engine/discovery/from-environment';
import { usualSockets } from '../../src/engine/discovery/usual-sockets';

const facts = { env: process.env, homedir: homedir(), uid: process.getuid?.() ?? 0 };

function isThere(): boolean {
  const named = fromEnvironment(facts) ?? fromContext(facts);
  return named !== undefined || usualSockets(facts).some(existsSync);
}

function missing(name: string, body: () => void): void {
  console.warn(`Skipped, for want of a container engine: ${name}`);
  describe.skip(name, body);
}

/** A suite that needs an engine. Without one it is skipped loudly; with REQUIRE_ENGINE=1 it fails. */
export const engineSuite: (name: string, body: () => void) => void =
  isThere() || process.env['REQUIRE_ENGINE'] === '1' ? describe : missing;
