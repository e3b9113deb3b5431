import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileMain } from './compile-main';
import { standInEngine } from './stand-in-engine';

/** Set by the bundler. */
declare const SUPERVISOR_VERSION: string;

// Part of the build: runs what is run most often, and keeps the code that V8 compiled for it. Not a
// line of what it prints or finds matters.
const COMMANDS = ['image', 'run --reuse off true', 'run --reuse keep true', 'doctor'];

const folder = mkdtempSync(join(tmpdir(), 'buildenv-code-'));
const socket = join(folder, 'engine');
writeFileSync(
  join(folder, 'buildenv.yaml'),
  'version: 1\nproject: code\nimages: { tool: { from: any:1 } }\nenvironments: { default: { image: tool } }\n',
);
Object.assign(process.env, {
  DOCKER_HOST: `unix://${socket}`,
  XDG_RUNTIME_DIR: folder,
  XDG_CACHE_HOME: folder,
});
process.chdir(folder);

const file = join(__dirname, 'main.cjs');
const { script, run } = compileMain(file);
const exit = process.exit.bind(process);

/** Runs one command line in this process. */
function runOnce(words: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    process.exit = (() => resolve()) as typeof process.exit;
    process.argv.splice(2, Infinity, ...words);
    run(createRequire(file));
  });
}

async function runAll(): Promise<void> {
  for (const command of COMMANDS) await runOnce(command.split(' '));
  writeFileSync(`${file}.cache`, script.createCachedData());
}

standInEngine(socket, 'code/tool:latest', SUPERVISOR_VERSION);
void runAll().finally(() => {
  rmSync(folder, { recursive: true });
  exit(0);
});
