import { BuildenvError } from '../../errors/buildenv-error';
import { FRAME, frame } from './frames';
import type { TerminalSize } from '../process-side';
import type { SecretFile } from '../secret';

/** What a session starts in its container. */
export interface SessionRequest {
  /** Absolute path in the container. */
  cwd: string;
  command: readonly string[];
  /** `NAME=value`, over the image's own. */
  env: readonly string[];
  /** Written before the command starts. */
  secrets: readonly SecretFile[];
}

/** Most bytes of the payload. */
const LIMIT = 4 << 20;

/**
 * The frame that starts a command.
 * @param terminal its size where the command gets one
 * @throws {BuildenvError} `usage` for a command line and variables that are too long, or have a NUL
 */
export function startFrame(
  { cwd, command, env }: Omit<SessionRequest, 'secrets'>,
  terminal: TerminalSize | undefined,
): Buffer {
  const { rows, columns } = terminal ?? { rows: 0, columns: 0 };
  const streams = terminal === undefined ? 'pipes' : 'terminal';
  const strings = [streams, rows, columns, cwd, command.length, ...command, ...env].map(String);
  if (strings.some((string) => string.includes('\0'))) {
    throw new BuildenvError('usage', 'A command line and variables cannot contain NUL characters');
  }
  const payload = Buffer.from(strings.map((string) => `${string}\0`).join(''));
  if (payload.length > LIMIT) {
    throw new BuildenvError('usage', 'The command line and its variables are longer than 4 MiB', {
      hint: 'Put long lists into a file, and name the file.',
    });
  }
  return frame(FRAME.start, payload);
}

/** The frame that gives the command a file in memory. */
export function secretFrame({ name, content }: SecretFile): Buffer {
  return frame(FRAME.secret, Buffer.concat([Buffer.from(`${name}\0`), content]));
}
