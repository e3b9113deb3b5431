import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { listRemote } from './list-remote';

const env = { PATH: process.env['PATH'], HOME: '/nonexistent' };
let folder: string;
let remote: string;
let clone: string;

function git(cwd: string, ...args: string[]): void {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  execFileSync('git', [...identity, ...args], { cwd, env, stdio: 'pipe' });
}

const failure = (text: RegExp) =>
  expect.objectContaining({
    code: 'host',
    message: expect.stringMatching(text) as string,
  }) as Error;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'list-remote-'));
  remote = join(folder, 'remote');
  clone = join(folder, 'clone');
  mkdirSync(remote);
  git(remote, 'init', '--quiet', '--initial-branch=main');
  git(remote, 'commit', '--quiet', '--allow-empty', '--message=First');
  git(remote, 'branch', 'fix/a');
  git(remote, 'tag', '--annotate', '--message=x', 'v1');
  git(folder, 'clone', '--quiet', '--depth=1', `file://${remote}`, clone);
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a shallow clone of one branch learns of all branches and tags that are there now', async () => {
  expect(await listRemote(clone, env)).toEqual({ branches: ['fix/a', 'main'], tags: ['v1'] });
  git(remote, 'branch', '--quiet', '--delete', '--force', 'fix/a');
  expect(await listRemote(clone, env)).toMatchObject({ branches: ['main'] });
});

test("a hook's variables do not lead to another repository", async () => {
  const hook = { ...env, GIT_DIR: '/nonexistent' };
  expect(await listRemote(clone, hook)).toMatchObject({ tags: ['v1'] });
});

test('a remote that cannot be asked is an error, and no password is in it', async () => {
  await expect(listRemote(remote, env)).rejects.toThrow(failure(/the remote 'origin' of .*remote/));
  git(clone, 'remote', 'set-url', 'origin', 'http://me:secret@127.0.0.1:1/km');
  const error: unknown = await listRemote(clone, env).catch((caught: unknown) => caught);
  expect(error).toEqual(failure(/127\.0\.0\.1/));
  expect(String(error)).not.toContain('secret');
});

test('a remote without branches is an error: it would make every branch one that is gone', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  git(empty, 'init', '--quiet');
  git(clone, 'remote', 'set-url', 'origin', empty);
  await expect(listRemote(clone, env)).rejects.toThrow(failure(/has no branches/));
});
