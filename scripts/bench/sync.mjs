import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withProject } from './bench-project.mjs';
import { BUILDENV, compare, compareWith, report } from './measure.mjs';
import { TreeServer } from './tree-server.mjs';
import { containersWait } from './waiting-containers.mjs';

const FOLDERS = 1000;
const FILES = 50;

const SYNCED = 'buildenv run true (source: sync)';
const MOUNTED = 'buildenv run true (source: mount)';
/** For a run of a copied tree: one for its command, one that writes the tree. */
const SYNC_WAITING = 2;

const PART = 'the difference: synchronisation';
const RSYNC = 'rsync -a --delete, daemon in a container';
const TAR = 'tar c | docker exec -i tar x, docker run --rm';

/** A configuration that differs from the project's own. */
const SYNC_FILE = 'sync.yaml';

/** A tree of 50,000 files, copied for the first time and with one file edited. */
export function sync() {
  return withProject(async (cwd) => {
    const state = mkdtempSync(join(tmpdir(), 'buildenv-bench-state-'));
    process.env.XDG_RUNTIME_DIR = state;
    process.env.XDG_CACHE_HOME = state;
    const tree = join(cwd, 'tree');
    makeTree(tree);
    buildenv(cwd, 'image');
    configure(cwd, 'buildenv-bench');
    const server = await TreeServer.start();
    const commands = {
      [SYNCED]: { argv: [...BUILDENV, '-f', SYNC_FILE, 'run', 'true'], cwd },
      [MOUNTED]: { argv: [...BUILDENV, 'run', 'true'], cwd },
    };
    try {
      await first(commands, { cwd, state, tree, server });
      await edited(commands, { cwd, state, tree, server });
    } finally {
      server.stop();
      forget(cwd);
      rmSync(state, { recursive: true });
    }
  });
}

/**
 * With a command after it: starting a container waits for the disk, whoever has just written to it.
 * Nothing is removed in between: for minutes, ext4 makes a file the slower the more were removed.
 */
async function first(commands, { cwd, state, tree, server }) {
  let count = 0;
  const newProject = () => {
    buildenv(cwd, '-f', SYNC_FILE, 'stop');
    configure(cwd, `buildenv-bench-${count++}`);
  };
  const results = await compare(
    {
      [SYNCED]: {
        ...commands[SYNCED],
        before: newProject,
        after: () => containersWait(state, SYNC_WAITING),
      },
      [TAR]: { argv: () => server.tar(tree), before: () => server.newFolder() },
    },
    5,
  );
  report('sync: 50,000 files for the first time', results, SYNCED, [TAR, results[TAR].seconds]);
}

async function edited(commands, { cwd, state, tree, server }) {
  let count = 0;
  const edit = () => writeFileSync(join(tree, 'd7/s7/file7'), `edit ${count++}`);
  const ready = () => containersWait(state, SYNC_WAITING + 1);
  for (const { argv } of Object.values(commands)) buildenv(cwd, ...argv.slice(BUILDENV.length));
  await ready();
  const results = await compare(
    {
      [SYNCED]: { ...commands[SYNCED], before: edit, after: ready },
      [MOUNTED]: { ...commands[MOUNTED], before: edit, after: ready },
      [RSYNC]: { argv: server.rsync(tree), before: edit },
    },
    20,
  );
  const { peak } = results[SYNCED];
  const seconds = results[SYNCED].seconds - results[MOUNTED].seconds;
  const all = { ...results, [PART]: { seconds, peak } };
  report('sync: one file of 50,000 edited', all, PART, [RSYNC, results[RSYNC].seconds]);
  compareWith(all, PART, ['2 s', 2]);
}

/** A tree's copy belongs to a project. */
function configure(cwd, project) {
  const config = readFileSync(join(cwd, 'buildenv.yaml'), 'utf8')
    .replace('project: buildenv-bench', `project: ${project}\nnamespace: buildenv-bench`)
    .replace('image: tool', 'image: tool, source: sync');
  writeFileSync(join(cwd, SYNC_FILE), config);
}

function makeTree(tree) {
  for (let folder = 0; folder < FOLDERS; folder++) {
    const path = join(tree, `d${folder % 20}`, `s${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < FILES; file++) {
      const text = `int value_${folder}_${file};\n`;
      writeFileSync(join(path, `file${file}`), text.repeat(1 + ((folder * 31 + file * 37) % 200)));
    }
  }
}

function buildenv(cwd, ...args) {
  execFileSync(BUILDENV[0], [BUILDENV[1], ...args], { cwd, stdio: 'ignore' });
}

/** Leaves no volume of the tree. */
function forget(cwd) {
  buildenv(cwd, 'stop');
  buildenv(cwd, '-f', SYNC_FILE, 'stop');
  const argv = ['volume', 'ls', '--quiet', '--filter=name=^buildenv-buildenv-bench-'];
  const volumes = execFileSync('docker', argv, { encoding: 'utf8' }).split('\n').filter(Boolean);
  for (const volume of volumes)
    execFileSync('docker', ['volume', 'rm', volume], { stdio: 'ignore' });
}
