import { withProject } from './bench-project.mjs';
import { BUILDENV, NODE, compare, report } from './measure.mjs';

/** `buildenv image` where nothing changed. */
export function image() {
  return withProject(async (cwd) => {
    const results = await compare(
      {
        'buildenv image (unchanged)': { argv: [...BUILDENV, 'image'], cwd },
        'node -e 0': { argv: NODE },
        'docker image inspect': {
          argv: ['docker', 'image', 'inspect', 'buildenv-bench/tool:latest'],
        },
      },
      20,
    );
    const allowed = results['node -e 0'].seconds + 3 * results['docker image inspect'].seconds;
    report('image', results, 'buildenv image (unchanged)', [
      'node -e 0 + 3 x docker image inspect',
      allowed,
    ]);
  });
}
