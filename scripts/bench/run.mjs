import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { withProject } from './bench-project.mjs';
import { BUILDENV, NODE, compare, compareWith, report } from './measure.mjs';
import { containersWait } from './waiting-containers.mjs';

const STANDBY = 'buildenv run true';
const FRESH = 'buildenv run --reuse off true';

/** The kept container, and one for the next run. */
const WAITING = 2;

/** `buildenv run true` against what the docker client does for the same. */
export function run() {
  return withProject(async (cwd) => {
    process.env.XDG_RUNTIME_DIR = runtimeFolder(cwd);
    mkdirSync(runtimeFolder(cwd));
    const buildenv = (...args) =>
      execFileSync(BUILDENV[0], [BUILDENV[1], ...args], { cwd, encoding: 'utf8' });
    buildenv('image');
    const { argv } = JSON.parse(buildenv('run', '--dry-run', '--json', 'true'));
    const docker = argv.filter((word) => !word.startsWith('--name='));
    const container = startContainer(docker);
    try {
      buildenv('run', 'true');
      buildenv('run', '--reuse', 'keep', 'true');
      const results = await compare(
        {
          [STANDBY]: {
            argv: [...BUILDENV, 'run', 'true'],
            cwd,
            before: () => containersWait(runtimeFolder(cwd), WAITING),
          },
          'buildenv run --reuse keep true': {
            argv: [...BUILDENV, 'run', '--reuse', 'keep', 'true'],
            cwd,
          },
          [FRESH]: { argv: [...BUILDENV, 'run', '--reuse', 'off', 'true'], cwd },
          'docker run --rm (same options)': { argv: docker },
          'docker exec': { argv: ['docker', 'exec', container, 'true'] },
          'node -e 0': { argv: NODE },
        },
        20,
      );
      const seconds = (name) => results[name].seconds;
      const node = seconds('node -e 0');
      const dockerRun = seconds('docker run --rm (same options)');
      report('run', results, STANDBY, ['node -e 0 + docker exec', node + seconds('docker exec')]);
      compareWith(results, STANDBY, ['docker run --rm', dockerRun]);
      compareWith(results, FRESH, ['docker run --rm + 1.2 x node -e 0', dockerRun + 1.2 * node]);
    } finally {
      execFileSync('docker', ['rm', '--force', container], { stdio: 'ignore' });
      buildenv('stop');
    }
  });
}

const runtimeFolder = (cwd) => join(cwd, 'runtime');

/** A container of the same options that docker's exec can enter. */
function startContainer([program, ...words]) {
  const options = words.slice(1, -2).filter((word) => word !== '--rm');
  const argv = ['run', '--detach', ...options, words.at(-2), 'sleep', '3600'];
  return execFileSync(program, argv, { encoding: 'utf8' }).trim();
}
