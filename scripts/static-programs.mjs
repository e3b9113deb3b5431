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

const CACHE = 'node_modules/.cache/buildenv-programs';
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

/** A program of ours in C that runs in containers, whatever is in their images. */
class StaticProgram {
  constructor(name, folder, without) {
    this.name = name;
    this.without = without;
    const files = readdirSync(folder)
      .filter((file) => /\.[ch]$/.test(file))
      .sort()
      .map((file) => join(folder, file));
    this.sources = files.filter((file) => file.endsWith('.c'));
    /** Of the sources: the two ends of a protocol are of one version. */
    this.version = createHash('sha256')
      .update(FLAGS.join(' '))
      .update(files.map((file) => `${file}\n${readFileSync(file, 'utf8')}`).join('\0'))
      .digest('hex')
      .slice(0, 16);
  }

  /**
   * Puts the program into a folder, as `<name>-<architecture>`, for each architecture that there is a
   * compiler for.
   * @param packed fail where this machine's own is missing, and name the others that are
   */
  build(folder, packed) {
    for (const [architecture, compiler] of Object.entries(COMPILERS)) {
      const program = this.compile(architecture, compiler);
      if (program !== undefined) {
        copyFileSync(program, join(folder, `${this.name}-${architecture}`));
      } else if (packed && architecture === NATIVE) {
        throw new Error(`${compiler} is needed, with a static libc, for the package`);
      } else if (packed || architecture === NATIVE) {
        const on = architecture === NATIVE ? '' : `on ${architecture}, `;
        console.warn(`No ${compiler} here: ${on}this build of buildenv cannot ${this.without}`);
      }
    }
  }

  /** @returns path of a program that is kept for its version, undefined without its compiler */
  compile(architecture, compiler) {
    const kept = join(CACHE, `${this.name}-${this.version}-${architecture}`);
    if (existsSync(kept)) return kept;
    if (spawnSync(compiler, ['--version']).error !== undefined) return undefined;
    mkdirSync(CACHE, { recursive: true });
    const beside = `${kept}.${process.pid}`;
    const version = `-DPROGRAM_VERSION="${this.version}"`;
    const { status } = spawnSync(compiler, [...FLAGS, version, ...this.sources, '-o', beside], {
      stdio: 'inherit',
    });
    if (status !== 0) throw new Error(`${compiler} cannot compile the ${this.name}`);
    renameSync(beside, kept);
    return kept;
  }
}

export const supervisor = new StaticProgram('supervisor', 'src/run/supervisor', 'run commands');
export const syncAgent = new StaticProgram('sync-agent', 'src/sync/agent', 'copy trees to engines');
