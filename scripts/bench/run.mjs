import { execFileSync } from 'node:child_process';
import { withProject } from './bench-project.mjs';
import { BUILDENV, NODE, compare, report } from './measure.mjs';

/** `buildenv run true` against the docker command that does the same. */
export function run() {
  return withProject(async (cwd) => {
    const [program, ...args] = [...BUILDENV, 'run', '--dry-run', '--json', 'true'];
    execFileSync(program, [...BUILDENV.slice(1), 'image'], { cwd, stdio: 'ignore' });
    const { argv } = JSON.parse(execFileSync(program, args, { cwd, encoding: 'utf8' }));
    const results = await compare(
      {
        'buildenv run true': { argv: [...BUILDENV, 'run', 'true'], cwd },
        'docker run --rm (same options)': {
          argv: argv.filter((word) => !word.startsWith('--name=')),
        },
        'node -e 0': { argv: NODE },
      },
      20,
    );
    const allowed =
      results['docker run --rm (same options)'].seconds + 1.5 * results['node -e 0'].seconds;
    report('run', results, 'buildenv run true', ['docker run --rm + 1.5 x node -e 0', allowed]);
  });
}
