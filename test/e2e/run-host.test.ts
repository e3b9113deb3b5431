import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { importPrograms } from '../support/program-image';
import { TestProject } from '../support/test-project';

const IMAGE = 'buildenv-test/programs:1';
const environment = (keys = '') =>
  `images: { tool: { from: "${IMAGE}" } }\nenvironments: { default: { image: tool, reuse: off${keys} } }\n`;

describeWithEngine('what a run sees of the host', () => {
  let folder: string;
  let project: TestProject;
  const configured: TestProject[] = [];
  beforeAll(() => {
    if (docker('images', '--quiet', IMAGE) === '') {
      importPrograms(IMAGE, ['git', 'ssh-add', 'docker']);
    }
  });
  beforeEach(() => {
    project = new TestProject(environment());
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'buildenv-host-')));
  });
  afterEach(() => {
    for (const one of [project, ...configured.splice(0)]) one.remove();
    rmSync(folder, { recursive: true });
  });

  const DESCRIBE = 'git describe --always --dirty && git status --porcelain';

  function git(cwd: string, ...args: readonly string[]): string {
    const config = [
      'user.name=T',
      'user.email=t@example.com',
      'safe.directory=*',
      'protocol.file.allow=always',
    ];
    return execFileSync('git', [...config.flatMap((one) => ['-c', one]), ...args], {
      cwd,
      encoding: 'utf8',
    });
  }

  function commit(cwd: string): void {
    git(cwd, 'add', '.');
    git(cwd, 'commit', '--quiet', '--message=One');
    git(cwd, 'tag', '--annotate', '--message=v1', 'v1');
  }

  /** What git says inside is what it says outside, of a clean tree and of a dirty one. */
  async function expectSame(cwd: string, tracked: string): Promise<void> {
    for (const change of ['', 'changed']) {
      if (change !== '') writeFileSync(join(cwd, tracked), change);
      const { stdout, stderr } = await buildenv(['--quiet', 'run', 'sh', '-c', DESCRIBE], { cwd });
      expect(stderr).toBe('');
      const host = git(cwd, 'describe', '--always', '--dirty') + git(cwd, 'status', '--porcelain');
      expect(stdout.toString()).toBe(host);
      expect(stdout.toString().startsWith(change === '' ? 'v1\n' : 'v1-dirty\n')).toBe(true);
    }
  }

  test.each(['', 'a/b'])('git, in a repository in the folder "%s"', async (below) => {
    git(project.root, 'init', '--quiet');
    project.write(join(below, 'tracked'), '');
    commit(project.root);
    await expectSame(project.path(below), 'tracked');
  });

  test('git, in a tree that is copied, and then in a linked work tree of it', async () => {
    project.write(
      'buildenv.yaml',
      `version: 1\nproject: ${project.name}\n${environment(', source: sync')}`,
    );
    git(project.root, 'init', '--quiet');
    project.write('tracked', '');
    commit(project.root);
    await expectSame(project.root, 'tracked');
    project.write('tracked', 'two');
    git(project.root, 'commit', '--quiet', '--all', '--message=Two');
    git(project.root, 'tag', '--force', '--annotate', '--message=v1', 'v1');
    await expectSame(project.root, 'tracked');

    const linked = join(folder, 'linked');
    git(project.root, 'worktree', 'add', '--quiet', linked, 'v1');
    await expectSame(linked, 'tracked');
    const commitInside = 'git -c user.name=T -c user.email=t@example.com commit -qam Inside';
    await buildenv(['run', 'sh', '-c', commitInside], { cwd: linked });
    expect(git(linked, 'log', '-1', '--format=%s')).toBe('Two\n');
    git(linked, 'checkout', '--quiet', 'tracked');
    await expectSame(linked, 'tracked');
  });

  test('git, in a project that is a folder of a repository', async () => {
    git(folder, 'init', '--quiet');
    const root = join(folder, 'component');
    mkdirSync(root);
    writeFileSync(join(folder, 'beside'), '');
    writeFileSync(join(root, 'buildenv.yaml'), `version: 1\nproject: ${project.name}\n`);
    writeFileSync(join(root, 'tracked'), environment());
    execFileSync('sh', ['-c', 'cat tracked >> buildenv.yaml'], { cwd: root });
    commit(folder);
    await expectSame(root, 'tracked');
    const { status } = await buildenv(['run', 'sh', '-c', 'echo x > ../beside'], { cwd: root });
    expect(status).not.toBe(0);
  });

  test.each(['absolute', 'relative'])(
    'git, in a linked work tree by a path that is %s',
    async (kind) => {
      git(project.root, 'init', '--quiet');
      project.write('tracked', '');
      commit(project.root);
      const linked = join(folder, 'linked');
      git(project.root, 'worktree', 'add', '--quiet', linked);
      if (kind === 'relative') {
        const way = execFileSync(
          'realpath',
          ['--relative-to', linked, project.path('.git/worktrees/linked')],
          { encoding: 'utf8' },
        );
        writeFileSync(join(linked, '.git'), `gitdir: ${way}`);
      }
      await expectSame(linked, 'tracked');

      const attempts = ['config', 'hooks/post-checkout', 'worktrees/other'];
      const script = attempts.map((path) => `echo x >> ${project.path('.git')}/${path}`).join('; ');
      await buildenv(['run', 'sh', '-c', script], { cwd: linked });
      expect(git(project.root, 'config', '--local', '--list')).not.toContain('x');
      for (const path of attempts.slice(1)) {
        expect(existsSync(project.path(`.git/${path}`))).toBe(false);
      }
      const commitInside = 'git -c user.name=T -c user.email=t@example.com commit -qam Two';
      const { stderr, status } = await buildenv(['--quiet', 'run', 'sh', '-c', commitInside], {
        cwd: linked,
      });
      expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
      expect(git(linked, 'log', '-1', '--format=%s')).toBe('Two\n');
    },
  );

  test('git, in a submodule', async () => {
    git(project.root, 'init', '--quiet');
    project.write('tracked', '');
    commit(project.root);
    git(folder, 'init', '--quiet', 'around');
    git(join(folder, 'around'), 'submodule', '--quiet', 'add', project.root, 'a/sub');
    await expectSame(join(folder, 'around/a/sub'), 'tracked');
  });

  test('git, in a tree of somebody else', async () => {
    git(project.root, 'init', '--quiet');
    project.write('tracked', '');
    commit(project.root);
    chownSync(project.root, 12345, 12345);
    chownSync(project.path('.git'), 12345, 12345);
    await expectSame(project.root, 'tracked');
  });

  test('a .git file that points at another folder of the host is refused', async () => {
    mkdirSync(join(folder, '.ssh'));
    project.write('.git', `gitdir: ${folder}/.ssh\n`);
    const { status, stderr } = await buildenv(['run', 'true'], { cwd: project.root });
    expect(status).toBe(125);
    expect(stderr).toContain(`${folder}/.ssh is no git folder`);
    expect(project.containers()).toEqual([]);
  });

  function withEnvironment(keys: string): TestProject {
    const other = new TestProject(environment(keys));
    configured.push(other);
    return other;
  }

  test('ssh: true reaches the agent', async () => {
    const socket = join(folder, 'agent.sock');
    const agent = spawn('ssh-agent', ['-D', '-a', socket]);
    try {
      await once(agent.stdout, 'data');
      const key = join(folder, 'key');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'mine', '-f', key]);
      const env = { SSH_AUTH_SOCK: socket };
      execFileSync('ssh-add', ['-q', key], { env: { ...process.env, ...env } });
      const list = (cwd: string) => buildenv(['run', 'ssh-add', '-L'], { cwd, env });
      const { stdout } = await list(withEnvironment(', ssh: true').root);
      expect(stdout.toString()).toMatch(/^ssh-ed25519 .* mine\n$/);
      expect((await list(project.root)).stdout.toString()).toBe('');
    } finally {
      agent.kill();
    }
  });

  test('ssh: true does without an agent, and says so of one that is gone', async () => {
    const { root } = withEnvironment(', ssh: true');
    const run = (socket: string | undefined) =>
      buildenv(['run', 'sh', '-c', ':'], { cwd: root, env: { SSH_AUTH_SOCK: socket } });
    expect((await run(undefined)).status).toBe(0);
    const { status, stderr } = await run(join(folder, 'gone'));
    expect(status).toBe(125);
    expect(stderr).toContain(`SSH_AUTH_SOCK names ${folder}/gone`);
  });

  test('docker: true reaches the engine', async () => {
    const { root } = withEnvironment(', docker: true');
    const command = ['run', 'docker', 'images', '--quiet', IMAGE];
    const { stdout } = await buildenv(command, { cwd: root });
    expect(stdout.toString().trim()).toBe(docker('images', '--quiet', IMAGE));
    expect((await buildenv(command, { cwd: project.root })).status).not.toBe(0);
  });
});
