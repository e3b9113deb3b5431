import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { importFolder } from './bench-project.mjs';

const IMAGE = 'buildenv-bench/rsync:1';
const PROGRAMS = ['/usr/bin/rsync', '/usr/bin/tar', '/bin/busybox'];

/** A container with a volume at `/tree`, to which this machine's own rsync and tar send a tree. */
export class TreeServer {
  constructor(container, port) {
    this.container = container;
    this.port = port;
    this.folders = 0;
    this.newFolder();
  }

  /** On the host's network, which is the fastest that rsync gets. */
  static async start() {
    const port = await freePort();
    importPrograms(port);
    const options = ['--detach', '--rm', '--network=host', '--volume=/tree'];
    const daemon = ['rsync', '--daemon', '--no-detach', '--config=/rsyncd.conf'];
    const argv = ['run', ...options, IMAGE, ...daemon];
    return new TreeServer(execFileSync('docker', argv, { encoding: 'utf8' }).trim(), port);
  }

  rsync(tree) {
    const folder = `rsync://127.0.0.1:${this.port}/tree/${this.folders}/`;
    return ['rsync', '-a', '--delete', `${tree}/`, folder];
  }

  /** Unpacks the tree into the newest folder, and runs a command in a container that has it. */
  tar(tree) {
    const copy = `tar c -C "$0" . | docker exec -i "$1" tar x -C /tree/${this.folders}`;
    const run = 'docker run --rm --network=host --volumes-from="$1" "$2" busybox true';
    return ['sh', '-c', `${copy} && ${run}`, tree, this.container, IMAGE];
  }

  /** Where the next tree goes. */
  newFolder() {
    this.folders += 1;
    const make = ['/bin/busybox', 'mkdir', `/tree/${this.folders}`];
    execFileSync('docker', ['exec', this.container, ...make]);
  }

  stop() {
    execFileSync('docker', ['rm', '--force', '--volumes', this.container], { stdio: 'ignore' });
    execFileSync('docker', ['rmi', IMAGE], { stdio: 'ignore' });
  }
}

function importPrograms(port) {
  const root = mkdtempSync(join(tmpdir(), 'buildenv-bench-rsync-'));
  try {
    for (const file of PROGRAMS.flatMap((program) => [program, ...librariesOf(program)])) {
      mkdirSync(join(root, dirname(file)), { recursive: true });
      copyFileSync(file, join(root, file));
    }
    const config = [
      'use chroot = no',
      'uid = 0',
      'gid = 0',
      'address = 127.0.0.1',
      `port = ${port}`,
    ];
    const lines = [...config, '[tree]', 'path = /tree', 'read only = no', ''];
    writeFileSync(join(root, 'rsyncd.conf'), lines.join('\n'));
    importFolder(root, IMAGE);
  } finally {
    rmSync(root, { recursive: true });
  }
}

/** Paths of the shared libraries and the loader that a program needs. */
function librariesOf(program) {
  const script = 'ldd "$0" || true';
  const text = execFileSync('sh', ['-c', script, program], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return [...text.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
