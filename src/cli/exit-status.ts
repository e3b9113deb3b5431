import { constants } from 'node:os';
import type { Command } from '../commands/command';
import { BuildenvError } from '../errors/buildenv-error';
import { InterruptedError } from '../errors/interrupted-error';

const FAILED = 1;
const USAGE = 2;
/** `EX_SOFTWARE` of sysexits.h. */
const BUG = 70;
/** As shells have it. */
const NOT_FOUND = 127;
const REFUSED = 126;
/** As `docker run` has it: the tool failed before the command began, or lost it. */
const TOOL_FAILED = 125;
/** Added to a signal's number, as shells do. */
const SIGNAL = 128;

/** The exit status that an error ends the tool with. */
export function exitStatus(error: unknown, command: Command | undefined): number {
  if (error instanceof InterruptedError) return SIGNAL + constants.signals[error.signal];
  if (!(error instanceof BuildenvError)) return BUG;
  if (error.code === 'usage') return USAGE;
  if (error.code === 'command-not-found') return NOT_FOUND;
  if (error.code === 'command-refused') return REFUSED;
  if (error.code === 'outputs') return FAILED;
  if (command?.takesCommand === true || command?.name === 'shell') return TOOL_FAILED;
  return error.code === 'config' ? USAGE : FAILED;
}
