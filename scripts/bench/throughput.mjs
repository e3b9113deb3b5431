import { execFileSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { IMAGE, withProject } from './bench-project.mjs';
import { BUILDENV, compare, compareWith, report } from './measure.mjs';

const MB = 1_000_000;
const OURS = 'buildenv run cat';
const THEIRS = 'docker run -i cat';
const UNLOGGED = 'docker run -i --log-driver=none cat';

/** A gigabyte through a command, in pipes. By default the docker client's containers log it too. */
export function throughput() {
  return withProject(async (cwd) => {
    writeRandom(join(cwd, 'data'), 1000);
    const piped = (...words) => ({
      argv: ['sh', '-c', `${words.join(' ')} cat <data | cat >/dev/null`],
      cwd,
    });
    const docker = ['docker', 'run', '--rm', '--interactive', '--network=host'];
    execFileSync(BUILDENV[0], [BUILDENV[1], 'run', 'true'], { cwd });
    const results = await compare(
      {
        [OURS]: piped(...BUILDENV, 'run'),
        'buildenv run --reuse off cat': piped(...BUILDENV, 'run', '--reuse', 'off'),
        [THEIRS]: piped(...docker, IMAGE),
        [UNLOGGED]: piped(...docker, '--log-driver=none', IMAGE),
      },
      3,
    );
    report('throughput', results, OURS, [THEIRS, results[THEIRS].seconds]);
    compareWith(results, OURS, [UNLOGGED, results[UNLOGGED].seconds]);
    execFileSync(BUILDENV[0], [BUILDENV[1], 'stop'], { cwd });
  });
}

function writeRandom(path, megabytes) {
  const file = openSync(path, 'w');
  for (let count = 0; count < megabytes; count++) writeSync(file, randomBytes(MB));
  closeSync(file);
}
