import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { docker } from './engine';

/** Imports an image of busybox's shell and programs of this machine, with the libraries they need. */
export function importPrograms(image: string, programs: readonly string[]): void {
  const root = mkdtempSync(join(tmpdir(), 'buildenv-programs-'));
  try {
    for (const folder of ['tmp', 'root', 'etc']) mkdirSync(join(root, folder));
    const files = [...programs.map(pathOf), '/bin/busybox'];
    for (const file of new Set([...files, ...files.flatMap(librariesOf)])) {
      mkdirSync(dirname(join(root, file)), { recursive: true });
      cpSync(file, join(root, file), { dereference: true });
    }
    symlinkSync('busybox', join(root, 'bin/sh'));
    const archive = join(root, 'root.tar');
    execFileSync('tar', ['-C', root, '--exclude=./root.tar', '-cf', archive, '.']);
    docker('import', archive, image);
  } finally {
    rmSync(root, { recursive: true });
  }
}

function pathOf(program: string): string {
  return execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
}

function librariesOf(file: string): string[] {
  try {
    const lines = execFileSync('ldd', [file], { encoding: 'utf8', stdio: 'pipe' });
    return [...lines.matchAll(/(\/\S+) \(0x/g)].map(([, path]) => path ?? '');
  } catch {
    return []; // A static program has none.
  }
}
