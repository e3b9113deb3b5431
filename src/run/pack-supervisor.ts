import { statSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { packEntries } from '../archive/pack-entries';
import { supervisorEntries } from './plan-container';
import type { Supervisor } from './supervisor';

/** An archive to unpack at the root of a container that the supervisor cannot be mounted in. */
export function packSupervisor(supervisor: Supervisor): Readable {
  return packEntries(supervisorEntries(supervisor, statSync(supervisor.program).size));
}
