import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withProject } from './bench-project.mjs';
import { BUILDENV, compare, report } from './measure.mjs';

const FILES = 8000;
const BYTES = 300e6;
const REFERENCE = 'buildenv-bench/tar:latest';

/** A distro of 8,000 files and 300 MB against `tar c . | docker import -`. */
export function distro() {
  return withProject(async (cwd) => {
    const tree = join(cwd, 'tree');
    makeTree(tree);
    const forget = (image) => () => execFileSync('docker', ['rmi', image], { stdio: 'ignore' });
    const results = await compare(
      {
        'buildenv distro': {
          argv: [...BUILDENV, 'distro'],
          cwd,
          after: forget('buildenv-bench/tree:local'),
        },
        'tar c . | docker import -': {
          argv: ['sh', '-c', `tar c . | docker import - ${REFERENCE}`],
          cwd: tree,
          after: forget(REFERENCE),
        },
      },
      5,
    );
    const tar = 'tar c . | docker import -';
    report('distro', results, 'buildenv distro', [tar, results[tar].seconds]);
  });
}

function makeTree(tree) {
  for (let file = 0; file < FILES; file++) {
    const folder = join(tree, `d${file % 80}`, `s${file % 7}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file${file}`), randomBytes(BYTES / FILES));
  }
}
