import { constants } from 'node:os';
import { BuildenvError } from '../../errors/buildenv-error';
import type { SessionRequest } from './session-request';

/** Added to a signal's number, as shells do. */
const SIGNAL = 128;

const STAGE = { chdir: 1, exec: 2, secrets: 3 };

/** The exit status that a report of the command's end says. */
export function exitStatus(payload: Buffer): number {
  const signalled = payload.readUInt8(0) === 1;
  return payload.readUInt8(1) + (signalled ? SIGNAL : 0);
}

/** Why a command could not be started. */
export function commandFailure(
  payload: Buffer,
  { command: [name = ''], cwd }: SessionRequest,
): BuildenvError {
  const stage = payload.readUInt8(0);
  const number = payload.readUInt32BE(1);
  const reason = errorName(number);
  if (stage === STAGE.exec && number === constants.errno.ENOENT) {
    return new BuildenvError('command-not-found', `The environment has no command ${name}`, {
      hint: 'Check its spelling and PATH, or add its package to the image.',
    });
  }
  if (stage === STAGE.exec) {
    return new BuildenvError('command-refused', `${name} cannot be executed: ${reason}`, {
      hint: 'A program needs its x bit; a script needs an interpreter that the image has.',
    });
  }
  if (stage === STAGE.secrets) {
    return new BuildenvError('engine-failed', `A secret cannot be written to memory: ${reason}`, {
      hint: 'All secrets that are files together have 16 MiB.',
    });
  }
  const what =
    stage === STAGE.chdir ? `Cannot work in ${cwd} in the container` : `${name} cannot be started`;
  return new BuildenvError('engine-failed', `${what}: ${reason}`);
}

function errorName(number: number): string {
  const entry = Object.entries(constants.errno).find(([, value]) => value === number);
  return entry?.[0] ?? `error ${number}`;
}
