import { randomUUID } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CONFIG_FILE } from '../config/find-config-file';
import { findBuildSystem } from '../config/starter/build-system';
import { starterDockerfile } from '../config/starter/starter-dockerfile';
import { STARTER_DOCKERFILE, starterFile } from '../config/starter/starter-file';
import { BuildenvError } from '../errors/buildenv-error';
import type { Command } from './command';

const DOCKERFILES = ['Dockerfile', '.devcontainer/Dockerfile', 'docker/Dockerfile'];

export const init: Command = {
  name: 'init',
  maxWords: 0,
  summary: 'Write a commented buildenv.yaml for this tree',
  details:
    'It uses the Dockerfile that the tree has, or writes one with a C toolchain. Files that exist ' +
    'are not touched.',
  examples: [['buildenv init && buildenv run make', 'From nothing to a build']],
  // eslint-disable-next-line @typescript-eslint/require-await -- a failure must be a rejection
  async run({ cwd, dryRun, schema }) {
    const has = (path: string) => existsSync(join(cwd, path));
    if (has(CONFIG_FILE)) {
      throw new BuildenvError('usage', `${join(cwd, CONFIG_FILE)} exists already`, {
        hint: 'Edit it, or move it away first.',
      });
    }
    const dockerfile = DOCKERFILES.find(has);
    const text = dockerfile === undefined ? '' : readFileSync(join(cwd, dockerfile), 'utf8');
    const copies = /^\s*(COPY|ADD)\s/im.test(text);
    const buildSystem = findBuildSystem(has);
    // The configuration comes last: where something fails before it, init can be run again.
    const files = {
      ...(dockerfile === undefined && !has(STARTER_DOCKERFILE)
        ? { [STARTER_DOCKERFILE]: starterDockerfile(buildSystem) }
        : {}),
      [CONFIG_FILE]: starterFile({
        project: basename(cwd),
        dockerfile,
        copies,
        buildSystem,
        schema,
      }),
    };
    if (!dryRun) {
      for (const [path, text] of Object.entries(files)) writeNew(join(cwd, path), text);
    }
    const verb = dryRun ? 'would write' : 'wrote';
    const names = Object.keys(files);
    return { text: names.map((name) => `${verb} ${name}`).join('\n'), json: { written: names } };
  },
};

/** A new file, whole or not at all: written beside, then given its name unless that is taken. */
function writeNew(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${randomUUID()}`;
  try {
    writeFileSync(beside, text);
    linkSync(beside, path);
  } finally {
    rmSync(beside, { force: true });
  }
}
