import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, copyFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BUILDENV } from './measure.mjs';

export const IMAGE = 'buildenv-bench/busybox:1';
const CONFIG = `version: 1
project: buildenv-bench
images: { tool: { from: "${IMAGE}" } }
environments: { default: { image: tool } }
distros: { tree: { files: [{ from: tree, to: / }] } }
`;

/** Calls an action with the folder of a small project, whose image is busybox's. */
export async function withProject(action) {
  const folder = mkdtempSync(join(tmpdir(), 'buildenv-bench-'));
  try {
    importBusybox(join(folder, 'busybox'));
    writeFileSync(join(folder, 'buildenv.yaml'), CONFIG);
    await action(folder);
    execFileSync(BUILDENV[0], [BUILDENV[1], 'image', 'remove', 'tool'], { cwd: folder });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function importBusybox(root) {
  mkdirSync(join(root, 'bin'), { recursive: true });
  copyFileSync('/bin/busybox', join(root, 'bin/busybox'));
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim();
  for (const name of applets.split('\n').filter((one) => one !== 'busybox')) {
    symlinkSync('busybox', join(root, 'bin', name));
  }
  mkdirSync(join(root, 'tmp'));
  mkdirSync(join(root, 'etc'));
  writeFileSync(join(root, 'etc/passwd'), 'root:x:0:0:root:/:/bin/sh\n');
  importFolder(root, IMAGE);
}

/** Makes an image of a folder. */
export function importFolder(root, reference) {
  execFileSync('sh', ['-c', 'tar c -C "$0" . | docker import - "$1"', root, reference]);
}
