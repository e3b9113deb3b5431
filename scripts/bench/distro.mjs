import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProject } from './bench-project.mjs';
import { buildkitClient } from './buildkit-client.mjs';
import { BUILDENV, compare, compareWith, report } from './measure.mjs';

const FILES = 8000;
const BYTES = 300e6;

/** One file of so many is a program. */
const PROGRAMS = 40;

const FIRST = 'buildenv distro, first';
const UNCHANGED = 'buildenv distro, unchanged';
const PROGRAM = 'buildenv distro, one program changed';
const DATA = 'buildenv distro, one data file changed';
const TAR = 'tar c . | docker import -';
const COLD = 'BuildKit, cold context';
const WARM = 'BuildKit, warm context, one file changed';
const CACHED = 'BuildKit, unchanged';

const OURS = 'buildenv-bench/tree:local';
const TARRED = 'buildenv-bench/tar:latest';
const BUILT = 'buildenv-bench/buildkit:latest';

/**
 * A distro of 8,000 files and 300 MB, assembled anew, after a change and without one, against what
 * the docker client and BuildKit need for the same tree.
 */
export function distro() {
  const client = buildkitClient();
  return withProject(async (cwd) => {
    process.env.XDG_CACHE_HOME = join(cwd, 'cache');
    const tree = join(cwd, 'tree');
    makeTree(tree);
    writeFileSync(join(cwd, 'Dockerfile'), 'FROM scratch\nCOPY . /\n');

    const ours = { argv: [...BUILDENV, 'distro'], cwd };
    const build = ['build', '--quiet', '--tag', BUILT, '--file', 'Dockerfile'];
    const buildkit = (context) => ['env', 'DOCKER_BUILDKIT=1', client, ...build, context];
    // BuildKit knows a context by the path of its folder.
    let copies = 0;
    const copyTree = () => {
      rmSync(join(cwd, `copy-${copies}`), { recursive: true, force: true });
      change(tree, isProgram);
      copies += 1;
      execFileSync('cp', ['--archive', tree, join(cwd, `copy-${copies}`)]);
    };

    try {
      const results = await compare(
        {
          [TAR]: {
            argv: ['sh', '-c', `tar c . | docker import - ${TARRED}`],
            cwd: tree,
            before: () => remove(TARRED),
          },
          [FIRST]: { ...ours, before: () => forget(cwd) },
          [UNCHANGED]: ours,
          [PROGRAM]: { ...ours, before: () => change(tree, isProgram) },
          [DATA]: { ...ours, before: () => change(tree, (file) => !isProgram(file)) },
          [COLD]: { argv: () => buildkit(`copy-${copies}`), cwd, before: copyTree },
          [WARM]: { argv: buildkit('tree'), cwd, before: () => change(tree, isProgram) },
          [CACHED]: { argv: buildkit('tree'), cwd },
        },
        5,
      );
      const seconds = (name) => [name, results[name].seconds];
      report('distro', results, FIRST, seconds(TAR));
      compareWith(results, FIRST, seconds(COLD));
      compareWith(results, PROGRAM, seconds(WARM));
      compareWith(results, DATA, seconds(WARM));
      compareWith(results, UNCHANGED, seconds(CACHED));
    } finally {
      [OURS, TARRED, BUILT].forEach(remove);
    }
  });
}

const isProgram = (file) => file % PROGRAMS === 0;

function pathOf(tree, file) {
  return join(tree, `d${file % 80}`, `s${file % 7}`, `file${file}`);
}

function makeTree(tree) {
  for (let file = 0; file < FILES; file++) {
    const path = pathOf(tree, file);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, randomBytes(BYTES / FILES), { mode: isProgram(file) ? 0o755 : 0o644 });
  }
}

/** Writes one of the chosen files anew. */
function change(tree, chosen) {
  const files = Array.from({ length: FILES }, (_, file) => file).filter(chosen);
  const file = files[Math.floor(Math.random() * files.length)];
  writeFileSync(pathOf(tree, file), randomBytes(BYTES / FILES));
}

function forget(cwd) {
  remove(OURS);
  rmSync(join(cwd, 'cache'), { recursive: true, force: true });
}

function remove(image) {
  try {
    execFileSync('docker', ['rmi', image], { stdio: 'ignore' });
  } catch {
    // It is not there.
  }
}
