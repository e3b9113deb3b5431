import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BUILDENV, compare, compareWith, report } from './measure.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const PROJECT = 'buildenv-bench-packages';
const NAME = 'osinfo-db-tools';
const WORK = [`${PROJECT}-by-hand`, `${PROJECT}-untested`];
const ROUNDS = 3;

const OURS = 'buildenv rpm build';
/** As the guide has it: `ninja dist` also builds and tests what is in the tarball. */
const BY_HAND = 'by hand: docker run, rsync, exec, rsync';
const UNTESTED = 'by hand, without the tests of `ninja dist`';

const PACKAGES = `  rpm-by-hand: { needs: [rpm-builder], dockerfile: by-hand.dockerfile }
rpm: { image: rpm-builder, defines: { dist: .el9 } }
packages:
  ${NAME}:
    source: { path: ${NAME} }
    spec: build/${NAME}.spec
    tarball: { method: meson-dist }
    rpmbuild: { mode: ta }
`;

const DOCKERFILE = `ARG RPM_BUILDER
FROM \${RPM_BUILDER}
RUN apt-get update && apt-get install -y --no-install-recommends python3-pytest python3-requests rsync
`;

/** The RPM of osinfo-db-tools, from Debian's source package, against the same by hand. */
export async function packages() {
  const cwd = mkdtempSync(join(tmpdir(), 'buildenv-bench-'));
  process.env.XDG_CACHE_HOME = join(cwd, 'cache');
  const source = join(cwd, NAME);
  try {
    unpackSource(cwd, source);
    writeFileSync(join(cwd, 'by-hand.dockerfile'), DOCKERFILE);
    writeFileSync(join(cwd, 'buildenv.yaml'), `${testImages()}${PACKAGES}`);
    const tool = (...args) =>
      execFileSync(BUILDENV[0], [BUILDENV[1], ...args], { cwd, encoding: 'utf8' });
    tool('image', 'build', 'rpm-builder', 'rpm-by-hand');
    const image = JSON.parse(tool('image', 'list', '--json')).find(
      ({ name }) => name === 'rpm-by-hand',
    ).reference;
    const script = join(import.meta.dirname, 'by-hand.sh');
    const byHand = (volume, dist) => ['sh', script, source, join(cwd, volume), volume, image, dist];
    const inTurns = async (title, before) => {
      const results = await compare(
        {
          [OURS]: { argv: [...BUILDENV, 'rpm', 'build'], cwd, before },
          [BY_HAND]: { argv: byHand(WORK[0], 'ninja -C build dist'), before },
          [UNTESTED]: { argv: byHand(WORK[1], 'meson dist -C build --no-tests'), before },
        },
        ROUNDS,
      );
      report(`packages, ${title}`, results, OURS, [BY_HAND, results[BY_HAND].seconds]);
      compareWith(results, OURS, [UNTESTED, results[UNTESTED].seconds]);
    };
    await inTurns('the first time', removeVolumes);
    await inTurns('nothing changed');
    await inTurns('another version', bumpVersion(join(source, 'meson.build')));
    tool('image', 'remove', 'rpm-by-hand');
  } finally {
    removeVolumes();
    rmSync(cwd, { recursive: true });
  }
}

function unpackSource(cwd, source) {
  execFileSync(join(ROOT, 'scripts/debian-source.sh'), [cwd, 'trixie', NAME]);
  const tarball = readdirSync(cwd).find((name) => name.endsWith('.orig.tar.xz'));
  mkdirSync(source);
  execFileSync('tar', ['-xf', join(cwd, tarball), '-C', source, '--strip-components=1']);
}

/** The images of the tests of packages, which are equal, and built once for both. */
function testImages() {
  return readFileSync(join(ROOT, 'test/packages/buildenv.yaml'), 'utf8')
    .replace(/^project: (.*)$/m, `project: ${PROJECT}\nnamespace: $1`)
    .replaceAll('../..', ROOT);
}

/** @returns what gives the source a version that it never had */
function bumpVersion(file) {
  let number = 0;
  return () => {
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace(/(version: '1\.12\.)\d+'/, `$1${90 + number++}'`));
  };
}

function removeVolumes() {
  const docker = (...args) => execFileSync('docker', args, { encoding: 'utf8' }).trim();
  const ours = docker('volume', 'ls', '--quiet', `--filter=label=dev.buildenv.project=${PROJECT}`);
  docker('volume', 'rm', '--force', ...WORK, ...ours.split('\n').filter((name) => name !== ''));
}
