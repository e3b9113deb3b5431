import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { BuildenvError } from '../errors/buildenv-error';

/**
 * Writes a file beside its place and renames it, so that nobody reads half of it.
 * @param file absolute path
 * @throws {BuildenvError} `host`
 */
export function replaceFile(file: string, text: string | Uint8Array): void {
  const beside = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(beside, text);
    renameSync(beside, file);
  } catch (cause) {
    rmSync(beside, { force: true });
    const { code } = cause as NodeJS.ErrnoException;
    throw new BuildenvError('host', `${file} cannot be written: ${code ?? String(cause)}`, {
      hint: 'Make its folder writable for you.',
      cause,
    });
  }
}
