import { readFileSync } from 'node:fs';
import { BuildenvError } from '../../errors/buildenv-error';
import { ConfigError } from '../../errors/config-error';

/** Why a file cannot be read, and what to do, by the system's code. */
const REASONS: Readonly<Record<string, readonly [string, string]>> = {
  ENOENT: ['it is not there', "'buildenv init' writes one"],
  EACCES: ['permission denied', 'give yourself the right to read it'],
  EISDIR: ['it is a folder', 'remove the folder, or name another file'],
};

/**
 * Reads a UTF-8 text, without a byte order mark.
 * @throws {BuildenvError} `config` when it cannot be read, {@link ConfigError} when it is no text
 */
export function readSource(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? '';
    const [reason, hint] = REASONS[code] ?? [code, undefined];
    throw new BuildenvError('config', `cannot read ${file}: ${reason}`, { hint, cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const message = 'the file is not UTF-8 text';
    throw new ConfigError(file, [{ line: 1, column: 1, message, hint: 'save it as UTF-8' }]);
  }
}
