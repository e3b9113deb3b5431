import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
} from 'node:fs';
import { join } from 'node:path';

const SOURCES = 'src/run/supervisor';
const CACHE = 'node_modules/.cache/buildenv-supervisor';
const FLAGS = [
  '-std=c11',
  '-D_GNU_SOURCE',
  '-O2',
  '-Wall',
  '-Wextra',
  '-Wshadow',
  '-Werror',
  '-ffunction-sections',
  '-static',
  '-Wl,--gc-sections',
  '-s',
];

/** Compilers by the architecture of images. */
const NATIVE = { x64: 'amd64', arm64: 'arm64' }[process.arch];
const COMPILERS = {
  amd64: NATIVE === 'amd64' ? 'gcc' : 'x86_64-linux-gnu-gcc',
  arm64: NATIVE === 'arm64' ? 'gcc' : 'aarch64-linux-gnu-gcc',
};

const files = readdirSync(SOURCES)
  .filter((name) => /\.[ch]$/.test(name))
  .sort();

/** Of the sources: client and supervisor of two versions do not talk to each other. */
export const supervisorVersion = createHash('sha256')
  .update(FLAGS.join(' '))
  .update(files.map((name) => `${name}\n${readFileSync(join(SOURCES, name), 'utf8')}`).join('\0'))
  .digest('hex')
  .slice(0, 16);

/** @returns path of a program that is kept for its version, undefined without its compiler */
function compile(architecture) {
  const compiler = COMPILERS[architecture];
  const kept = join(CACHE, `${supervisorVersion}-${architecture}`);
  if (existsSync(kept)) return kept;
  if (spawnSync(compiler, ['--version']).error !== undefined) return undefined;
  mkdirSync(CACHE, { recursive: true });
  const beside = `${kept}.${process.pid}`;
  const version = `-DSUPERVISOR_VERSION="${supervisorVersion}"`;
  const sources = files.filter((name) => name.endsWith('.c')).map((name) => join(SOURCES, name));
  const { status } = spawnSync(compiler, [...FLAGS, version, ...sources, '-o', beside], {
    stdio: 'inherit',
  });
  if (status !== 0) throw new Error(`${compiler} cannot compile the supervisor`);
  renameSync(beside, kept);
  return kept;
}

/**
 * Puts the supervisor into a folder, as `supervisor-<architecture>`, for each architecture that there
 * is a compiler for.
 * @param all fail where one is missing
 */
export function buildSupervisors(folder, all) {
  for (const [architecture, compiler] of Object.entries(COMPILERS)) {
    const program = compile(architecture);
    if (program !== undefined) {
      copyFileSync(program, join(folder, `supervisor-${architecture}`));
    } else if (all) {
      throw new Error(`${compiler} is needed, with a static libc, for the package`);
    } else if (architecture === NATIVE) {
      console.warn(`No ${compiler} here: this build of buildenv cannot run commands`);
    }
  }
}
