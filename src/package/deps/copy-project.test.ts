import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProjectCopy } from './copy-project';

const env = { PATH: process.env['PATH'] };

let folder: string;
let project: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'copy-project-'));
  project = join(folder, 'consumer');
  cache = join(folder, 'cache');
  mkdirSync(join(project, 'rpm'), { recursive: true });
  writeFileSync(join(project, 'WORKSPACE'), 'old\n');
  writeFileSync(join(project, 'rpm/update.sh'), '#!/bin/sh\n', { mode: 0o755 });
  symlinkSync('WORKSPACE', join(project, 'link'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function git(cwd: string, ...args: readonly string[]): string {
  const user = ['-c', 'user.name=T', '-c', 'user.email=t@example.com'];
  return execFileSync('git', [...user, ...args], { cwd, encoding: 'utf8' });
}

/** Every file of a folder with its size; git sets the times of objects that it finds again. */
function listing(path: string): string {
  return execFileSync('find', [path, '-printf', '%P %s\n'], { encoding: 'utf8' });
}

test('has all of a folder, with modes and links, and goes without a trace', async () => {
  const copy = await ProjectCopy.make(project, cache, env);
  expect(copy.directory).toMatch(/\/consumer$/);
  expect(readFileSync(join(copy.directory, 'WORKSPACE'), 'utf8')).toBe('old\n');
  expect(readlinkSync(join(copy.directory, 'link'))).toBe('WORKSPACE');
  expect(lstatSync(join(copy.directory, 'rpm/update.sh')).mode & 0o777).toBe(0o755);
  writeFileSync(join(copy.directory, 'WORKSPACE'), 'new\n');
  expect(await copy.changesOfOriginal(env)).toEqual([]);
  copy.remove();
  expect(readdirSync(cache)).toEqual([]);
});

test('of a git work tree it has the same commit, tags and changes, and nothing is written there', async () => {
  writeFileSync(join(project, '.gitignore'), 'ignored\n');
  git(project, 'init', '--quiet', '--initial-branch=fix');
  git(project, 'add', '.');
  git(project, 'commit', '--quiet', '--message=First');
  git(project, 'tag', 'v1');
  git(project, 'commit', '--quiet', '--allow-empty', '--message=Second');
  writeFileSync(join(project, 'WORKSPACE'), 'changed\n');
  writeFileSync(join(project, 'added'), '');
  writeFileSync(join(project, 'ignored'), '');
  const status = git(project, 'status', '--porcelain', '--branch');
  const before = listing(project);
  const copy = await ProjectCopy.make(project, cache, env);
  expect(git(copy.directory, 'describe', '--tags', '--dirty')).toMatch(/^v1-1-g[0-9a-f]+-dirty\n$/);
  expect(git(copy.directory, 'status', '--porcelain', '--branch')).toBe(status);
  expect(git(copy.directory, 'remote')).toBe('');
  expect(existsSync(join(copy.directory, 'ignored'))).toBe(false);
  git(copy.directory, 'commit', '--quiet', '--all', '--message=Third');
  expect(listing(project)).toBe(before);
});

test('a change of the project itself is found', async () => {
  const copy = await ProjectCopy.make(project, cache, env);
  writeFileSync(join(project, 'rpm/new'), '');
  expect(await copy.changesOfOriginal(env)).toEqual(['rpm/new']);
});

test('has places for paths of the project and for others', async () => {
  const copy = await ProjectCopy.make(project, cache, env);
  expect(copy.placeOf(join(project, 'rpm/repo.yaml'))).toBe(join(copy.directory, 'rpm/repo.yaml'));
  expect(copy.placeOf('/elsewhere/repo.yaml')).toBe(join(copy.directory, '../repo.yaml'));
});
