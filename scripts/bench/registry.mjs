import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { BUILDENV, NODE, compare, report } from './measure.mjs';
import { startRegistry } from './registry-server.mjs';

const BYTES = 370e6;
/** Until the disk has given back the blocks of what was removed, in milliseconds. */
const SETTLING = 2_000;
const UPSTREAM = 'buildenv-bench-registry/upstream:1';
const TOOL = 'buildenv-bench-registry/tool';

const docker = (...args) =>
  execFileSync('docker', args, { stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }).trim();

/** `image push` and `image pull` of a 370 MB image against the docker client's, in a registry of its own. */
export async function registry() {
  const cwd = mkdtempSync(join(tmpdir(), 'buildenv-bench-'));
  const { host, storage, stop } = await startRegistry(cwd);
  const plain = `${host}/plain/tool:latest`;
  const tool = (...args) => [...BUILDENV, 'image', ...args];
  try {
    writeFileSync(join(cwd, 'buildenv.yaml'), configuration(host));
    importImage(join(cwd, 'root'));
    execFileSync(BUILDENV[0], [BUILDENV[1], 'image'], { cwd, stdio: 'ignore' });
    docker('tag', `${TOOL}:latest`, plain);
    const id = docker('inspect', '--format', '{{.Id}}', plain);

    const push = { argv: tool('push', '--force'), cwd };
    const dockerPush = { argv: ['docker', 'push', '--quiet', plain] };
    const empty = () => rmSync(storage, { recursive: true });
    const cold = await compare(
      {
        'buildenv image push': { ...push, after: empty },
        'docker push': { ...dockerPush, after: empty },
      },
      3,
    );
    report('push', cold, 'buildenv image push', ['docker push', cold['docker push'].seconds]);

    for (const { argv } of [push, dockerPush]) {
      execFileSync(argv[0], argv.slice(1), { cwd, stdio: 'ignore' });
    }
    const idle = await compare(
      { 'buildenv image push': push, 'docker push': dockerPush, 'node -e 0': { argv: NODE } },
      10,
    );
    report('push, nothing to do', idle, 'buildenv image push', [
      'docker push + 2 x node -e 0',
      idle['docker push'].seconds + 2 * idle['node -e 0'].seconds,
    ]);

    const forget = () => docker('rmi', '--force', id);
    const settled = () => setTimeout(SETTLING);
    forget();
    const pull = await compare(
      {
        'buildenv image pull': { argv: tool('pull'), cwd, before: settled, after: forget },
        'docker pull': {
          argv: ['docker', 'pull', '--quiet', plain],
          before: settled,
          after: forget,
        },
      },
      5,
    );
    report('pull', pull, 'buildenv image pull', ['docker pull', pull['docker pull'].seconds]);
  } finally {
    await stop();
    const images = docker('images', '--quiet', TOOL);
    if (images !== '') docker('rmi', '--force', ...new Set(images.split('\n')));
    rmSync(cwd, { recursive: true });
  }
}

function configuration(host) {
  return `version: 1
project: buildenv-bench-registry
registries: { bench: { url: '${host}', auth: anonymous } }
images: { tool: { from: '${UPSTREAM}' } }
environments: { default: { image: tool } }
`;
}

/** An image of one layer, half of which can be compressed. No builder has it, so it can be forgotten. */
function importImage(root) {
  mkdirSync(root);
  const half = randomBytes(BYTES / 2);
  writeFileSync(join(root, 'data'), Buffer.concat([half, Buffer.alloc(BYTES / 2, 'text ')]));
  execFileSync('sh', ['-c', 'tar c -C "$0" . | docker import - "$1"', root, UPSTREAM], {
    stdio: 'ignore',
  });
}
