import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';

const IMAGE = 'buildenv-bench/buildkit-client:latest';

/**
 * Path of a docker client that builds by BuildKit. Newer clients do it by a plugin that may be
 * missing, so the first that can is taken.
 */
export function buildkitClient() {
  const context = mkdtempSync(join(tmpdir(), 'buildenv-bench-'));
  try {
    writeFileSync(join(context, 'Dockerfile'), 'FROM scratch\nCOPY Dockerfile /\n');
    const clients = process.env.PATH.split(delimiter).map((folder) => join(folder, 'docker'));
    const client = clients.find((one) => builds(one, context));
    if (client === undefined) throw new Error('no docker client here builds by BuildKit');
    execFileSync('docker', ['rmi', IMAGE], { stdio: 'ignore' });
    return client;
  } finally {
    rmSync(context, { recursive: true });
  }
}

function builds(client, context) {
  try {
    const env = { ...process.env, DOCKER_BUILDKIT: '1' };
    execFileSync(client, ['build', '--quiet', '--tag', IMAGE, context], { env, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
