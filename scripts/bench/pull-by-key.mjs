import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { BUILDENV, compare, report } from './measure.mjs';
import { startRegistry } from './registry-server.mjs';

const ROOT = resolve(import.meta.dirname, '../..');
const PROJECT = 'buildenv-bench-key';
const BASE = 'kontain/base-debian:latest';
const PULLED = 'buildenv image (the registry has the key)';
const BUILT = 'buildenv image build --no-cache';

/**
 * `buildenv image` that finds its key in a registry against a build of the same: the server of
 * packages, on this repository's base, which `buildenv image` makes.
 */
export async function pullByKey() {
  const cwd = mkdtempSync(join(tmpdir(), 'buildenv-bench-'));
  const { host, stop } = await startRegistry(cwd);
  const mark = `bench-${randomUUID()}`;
  const buildenv = (...args) =>
    execFileSync(BUILDENV[0], [BUILDENV[1], 'image', ...args], { cwd, stdio: 'ignore' });
  try {
    writeProject(cwd, host, mark);
    buildenv('build', 'tool');
    buildenv('push', 'tool', '--force');
    const results = await compare(
      {
        [PULLED]: { argv: [...BUILDENV, 'image'], cwd, before: () => forget(mark) },
        [BUILT]: { argv: [...BUILDENV, 'image', 'build', 'tool', '--no-cache'], cwd },
      },
      3,
    );
    report('image by key', results, PULLED, [BUILT, results[BUILT].seconds]);
  } finally {
    await stop();
    forget(mark);
    buildenv('remove', 'base-debian');
    rmSync(cwd, { recursive: true });
  }
}

function writeProject(cwd, host, mark) {
  const dockerfile = readFileSync(join(ROOT, 'Dockerfiles/rpm-server-debian.dockerfile'), 'utf8');
  writeFileSync(join(cwd, 'Dockerfile'), dockerfile.replace('RUN ', `RUN : ${mark} && `));
  cpSync(join(ROOT, 'images/rpm-server'), join(cwd, 'context'), { recursive: true });
  writeFileSync(
    join(cwd, 'buildenv.yaml'),
    `version: 1
project: ${PROJECT}
registries: { bench: { url: '${host}', auth: anonymous } }
images:
  base-debian: { from: '${BASE}' }
  tool: { dockerfile: Dockerfile, context: context, needs: [base-debian] }
environments: { default: { image: tool } }
`,
  );
}

/** Takes the image out of the engine, and its layers out of the builder's cache: a pull would find them. */
function forget(mark) {
  // Those too whose references another build has taken over.
  const label = (name, value) => ['--filter', `label=dev.buildenv.${name}=${value}`];
  const of = [...label('project', PROJECT), ...label('name', 'tool')];
  const images = docker('images', '--quiet', '--no-trunc', ...of);
  if (images.length > 0) docker('rmi', '--force', ...new Set(images));
  const [cache = '[]'] = docker('system', 'df', '--verbose', '--format', '{{json .BuildCache}}');
  const records = JSON.parse(cache);
  const marked = records.filter(({ Description: text }) => text.includes(mark));
  const below = marked.flatMap(({ ID: id }) =>
    records.filter(({ Parent: parent }) => parent === id),
  );
  for (const { ID: id } of [...below, ...marked]) {
    docker('builder', 'prune', '--all', '--force', '--filter', `id=${id}`);
  }
}

/** @returns lines */
function docker(...args) {
  const stdio = ['ignore', 'pipe', 'ignore'];
  return execFileSync('docker', args, { stdio, encoding: 'utf8' }).split('\n').filter(Boolean);
}
