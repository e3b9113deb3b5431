import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const SOURCES = 'src/sync/agent';
const FLAGS = ['-std=c11', '-D_GNU_SOURCE', '-O2', '-Wall', '-Wextra', '-Wshadow', '-Werror'];

/** Compilers by what they compile for; Debian's names, or the machine's own. */
const COMPILERS = {
  amd64: process.arch === 'x64' ? 'cc' : 'x86_64-linux-gnu-gcc',
  arm64: process.arch === 'arm64' ? 'cc' : 'aarch64-linux-gnu-gcc',
};

/** Builds the agent of synchronised trees for each processor that a compiler is there for. */
export function buildAgent(folder) {
  const sources = readdirSync(SOURCES)
    .filter((name) => name.endsWith('.c'))
    .map((name) => `${SOURCES}/${name}`);
  for (const [architecture, compiler] of Object.entries(COMPILERS)) {
    const args = [...FLAGS, ...sources, '-static', '-s'];
    args.push('-o', `${folder}/sync-agent-${architecture}`);
    const { error, status } = spawnSync(compiler, args, { stdio: 'inherit' });
    if (error?.code === 'ENOENT') {
      console.error(`No ${compiler}: trees are not copied to engines of ${architecture}.`);
    } else if (status !== 0) {
      throw new Error(`${compiler} failed with status ${status}`);
    }
  }
}
