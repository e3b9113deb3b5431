import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

export const CONFIG_FILE = 'buildenv.yaml';

/** The `buildenv.yaml` of a folder or of the nearest one above it. @param startDir absolute path */
export function findConfigFile(startDir: string): string | undefined {
  for (let folder = startDir; ; folder = dirname(folder)) {
    const file = join(folder, CONFIG_FILE);
    if (existsSync(file)) return file;
    if (folder === dirname(folder)) return undefined;
  }
}
