import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { compileMain } from './compile-main';

// Part of the build: runs the tool once, and keeps the code that V8 compiled for it.
const file = join(__dirname, 'main.cjs');
const { script, run } = compileMain(file);
process.on('exit', () => writeFileSync(`${file}.cache`, script.createCachedData()));
run(createRequire(file));
