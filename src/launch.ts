import { writeSync } from 'node:fs';
import { version } from '../package.json';

// The program's first file: all of a file is read before any of it runs, so this one is short.
if (process.argv[2] === '--version') writeSync(1, `buildenv ${version}\n`);
else void import('./main');
