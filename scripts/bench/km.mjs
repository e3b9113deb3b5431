import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { BUILDENV, compare, compareWith, report } from './measure.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const HELLO = `${ROOT}/km/build/payloads/hello/hello`;
const DOCKER = ['docker', 'run', '--rm', '--network=host', '--device=/dev/kvm'];

/** KM's payloads under the monitor, natively, and each of both in a container; wants `/dev/kvm`. */
export async function km() {
  const buildenv = (...args) => execFileSync(BUILDENV[0], [BUILDENV[1], ...args], { cwd: ROOT });
  buildenv('run', 'make', '-C', 'km');
  const images = JSON.parse(buildenv('distro', 'build', 'km', 'python-km', '--json'));
  const [hello, python] = images.map(({ reference }) => reference);
  const results = await compare(
    {
      hello: { argv: [HELLO] },
      'km hello': { argv: [`${ROOT}/km/build/monitor/km`, HELLO] },
      'docker run hello': {
        argv: [...DOCKER, '--entrypoint=/opt/kontain/payloads/hello', hello],
      },
      'docker run km hello': { argv: [...DOCKER, hello] },
      'docker run python3 -c pass': {
        argv: [...DOCKER, '--entrypoint=/usr/bin/python3', python, '-c', 'pass'],
      },
      'docker run km python3 -c pass': { argv: [...DOCKER, python, '-c', 'pass'] },
    },
    20,
  );
  const seconds = (name) => results[name].seconds;
  report('km', results, 'docker run km hello', ['docker run hello', seconds('docker run hello')]);
  compareWith(results, 'docker run km python3 -c pass', [
    'docker run python3 -c pass',
    seconds('docker run python3 -c pass'),
  ]);
}
