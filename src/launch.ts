import { existsSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../package.json';
import { compileMain } from './compile-main';

// The program's first file: all of a file is read before any of it runs, so this one is short.
if (process.argv[2] === '--version') writeSync(1, `buildenv ${version}\n`);
else {
  const file = join(__dirname, 'main.cjs');
  const cache = `${file}.cache`;
  const { run } = compileMain(file, existsSync(cache) ? readFileSync(cache) : undefined);
  run(require);
}
