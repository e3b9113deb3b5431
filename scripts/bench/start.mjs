import { BUILDENV, NODE, compare, report } from './measure.mjs';

/** The tool's own start. */
export async function start() {
  const results = await compare(
    { 'node -e 0': { argv: NODE }, 'buildenv --version': { argv: [...BUILDENV, '--version'] } },
    20,
  );
  report('start', results, 'buildenv --version', ['node -e 0', results['node -e 0'].seconds]);
}
