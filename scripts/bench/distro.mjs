/**
 * Assembles a distro of 8,000 files and 300 MB, against `tar c . | docker import -`: seconds, medians
 * of 5 in turns, and the assembling process's peak memory. Wants a quiet machine, and an engine
 * where the docker client finds one.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const FILES = 8000;
const BYTES = 300e6;
const ROUNDS = 5;
const REFERENCE = 'buildenv-bench/tar:latest';

const program = `
  import { readFileSync } from 'node:fs';
  import { applyDistro } from './distro/apply-distro';
  import { planDistro } from './distro/plan-distro';
  import { selectFiles } from './distro/select-files';
  import { discoverEngine } from './engine/discovery/discover-engine';
  import { DockerEngine } from './engine/docker/docker-engine';

  async function main([from, homedir]) {
    const config = { env: {}, labels: {}, exposedPorts: [], volumes: [] };
    const spec = { name: 'distro', files: [{ from, to: '/', uid: 0, gid: 0 }], config };
    const names = { project: 'bench', namespace: 'buildenv-bench', tag: 'bench', time: 0 };
    const endpoint = await discoverEngine({ env: process.env, homedir, uid: process.getuid() });
    const plan = planDistro(spec, selectFiles(spec.files), names);
    const { reference } = await applyDistro(plan, new DockerEngine(endpoint).images);
    const [, peak] = /VmHWM:\\s+(\\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8'));
    console.log(JSON.stringify({ reference, peak: Number(peak) / 1000 }));
  }
  void main(process.argv.slice(2));
`;

function makeTree(tree) {
  for (let file = 0; file < FILES; file++) {
    const folder = join(tree, `d${file % 80}`, `s${file % 7}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file${file}`), randomBytes(BYTES / FILES));
  }
}

/** Seconds that an action takes, and what it returns. */
function time(action) {
  const start = process.hrtime.bigint();
  const result = action();
  return { seconds: Number(process.hrtime.bigint() - start) / 1e9, result };
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

const folder = mkdtempSync(join(tmpdir(), 'bench-distro-'));
try {
  const tree = join(folder, 'tree');
  makeTree(tree);
  const executable = join(folder, 'distro.cjs');
  await build({
    stdin: { contents: program, resolveDir: resolve(import.meta.dirname, '../../src') },
    outfile: executable,
    bundle: true,
    platform: 'node',
    external: ['dockerode'],
    logLevel: 'error',
  });

  // Extra certificates cost every start of Node 100 ms, which an installed tool need not pay.
  const env = { ...process.env, NODE_EXTRA_CA_CERTS: undefined };
  const pipe = ['-c', 'tar c -C "$0" . | docker import - "$1"', tree, REFERENCE];
  const times = { tar: [], buildenv: [] };
  const peaks = [];
  for (let round = 0; round < ROUNDS; round++) {
    times.tar.push(time(() => execFileSync('sh', pipe)).seconds);
    execFileSync('docker', ['rmi', REFERENCE]);

    const ours = time(() => execFileSync(process.execPath, [executable, tree, homedir()], { env }));
    const { reference, peak } = JSON.parse(ours.result.toString());
    times.buildenv.push(ours.seconds);
    peaks.push(peak);
    execFileSync('docker', ['rmi', reference]);
  }

  const [tar, buildenv] = [median(times.tar), median(times.buildenv)];
  console.log(`tar c . | docker import -  ${tar.toFixed(2)} s`);
  console.log(
    `buildenv                   ${buildenv.toFixed(2)} s, ${Math.max(...peaks)} MB at most`,
  );
  console.log(`ratio                      ${(buildenv / tar).toFixed(2)}`);
} finally {
  rmSync(folder, { recursive: true });
}
