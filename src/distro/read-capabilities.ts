import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { SelectedEntry } from './selection';

const PROGRAM = 'getfattr';
const ATTRIBUTE = 'security.capability';

/** Bytes of names in an argument list: half of what Linux allows by default (execve(2)). */
const MOST_NAMES = 1 << 20;
const MOST_OUTPUT = 16 << 20;

/**
 * Adds the file capabilities (capabilities(7)) of programs of the host, which Node cannot read, by
 * the program `getfattr`. Where that is not installed, none are known.
 */
export async function readCapabilities(
  entries: readonly SelectedEntry[],
): Promise<readonly SelectedEntry[]> {
  const programs = hostPrograms(entries);
  const found = new Map<string, string>();
  for (const batch of batches(programs)) {
    for (const [name, value] of parse(await getfattr(batch))) found.set(name, value);
  }
  if (found.size === 0) return entries;
  return entries.map((entry) => {
    const value = entry.kind === 'file' ? found.get(entry.source) : undefined;
    return value === undefined ? entry : { ...entry, xattrs: { [ATTRIBUTE]: value } };
  });
}

/**
 * What to tell of capabilities that cannot be read here.
 * @param env the caller's variables
 */
export function unreadCapabilities(
  entries: readonly SelectedEntry[],
  env: Readonly<Record<string, string | undefined>>,
): string[] {
  if (canReadCapabilities(env) || hostPrograms(entries).length === 0) return [];
  return ['file capabilities of programs are lost: getfattr (Debian: attr) is not installed'];
}

/** @param env the caller's variables */
export function canReadCapabilities(env: Readonly<Record<string, string | undefined>>): boolean {
  return (env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, PROGRAM)));
}

function hostPrograms(entries: readonly SelectedEntry[]): string[] {
  return entries.flatMap((entry) => {
    const isProgram = entry.kind === 'file' && (entry.mode & 0o111) !== 0;
    return isProgram && entry.imagePath === undefined ? [entry.source] : [];
  });
}

function* batches(paths: readonly string[]): Generator<string[]> {
  let batch: string[] = [];
  let size = 0;
  for (const path of paths) {
    size += Buffer.byteLength(path) + 1;
    if (size > MOST_NAMES) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(path);
  }
  if (batch.length > 0) yield batch;
}

function getfattr(paths: readonly string[]): Promise<string> {
  const pattern = `^${ATTRIBUTE.replace('.', '\\.')}$`;
  const options = ['--absolute-names', '--no-dereference', '--encoding=base64', '--dump'];
  return new Promise((resolve) => {
    execFile(
      PROGRAM,
      [...options, `--match=${pattern}`, '--', ...paths],
      { maxBuffer: MOST_OUTPUT, encoding: 'latin1' },
      (_error, stdout) => resolve(stdout),
    );
  });
}

/** `# file: NAME`, then `security.capability=0sVALUE`; odd bytes of a name are `\ooo`. */
function* parse(output: string): Generator<[string, string]> {
  for (const block of output.split('\n\n')) {
    const [, name, value] = /^# file: (.*)\nsecurity\.capability=0s(.+)$/m.exec(block) ?? [];
    if (name === undefined || value === undefined) continue;
    const bytes = name.replaceAll(/\\(\d{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    yield [Buffer.from(bytes, 'latin1').toString(), value];
  }
}
