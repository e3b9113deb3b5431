import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildenv, startBuildenv } from '../support/cli';
import { describeWithEngine, docker } from '../support/engine';
import { TestProject } from '../support/test-project';
import { waitFor } from '../support/wait-for';

const UID = 12345;

describeWithEngine('a tree that is copied', () => {
  const projects: TestProject[] = [];
  const folders: string[] = [];
  afterEach(() => {
    for (const project of projects.splice(0)) {
      expect(project.containers()).toEqual([]);
      project.remove();
    }
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  /** @param keys more keys of the environment, indented by 4 */
  function synced(keys = ''): TestProject {
    const project = TestProject.withBusybox(`    source: sync\n${keys}`);
    projects.push(project);
    return project;
  }

  const run = (project: TestProject, script: string) =>
    buildenv(['--quiet', 'run', 'sh', '-c', script], { cwd: project.root });

  const printed = async (project: TestProject, script: string): Promise<string> => {
    const { status, stdout, stderr } = await run(project, script);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.toString();
  };

  test('is in a run what it is on the host', async () => {
    const project = synced();
    project.write('a/plain', 'text');
    project.write('a/program', '#!/bin/sh\necho ran\n');
    chmodSync(project.path('a/program'), 0o751);
    mkdirSync(project.path('empty/folder'), { recursive: true });
    chmodSync(project.path('empty'), 0o1775);
    symlinkSync('../a/plain', project.path('empty/link'));
    symlinkSync('/nowhere', project.path('dangling'));
    project.write('ümlaut and space/\n', 'odd');
    utimesSync(project.path('a/plain'), 1e9, 1e9 + 0.25);

    const look = `for path in a a/plain a/program empty empty/folder empty/link dangling; do
      stat -c '%n %F %a %u:%g %N' $path; done; stat -c %y a/plain; ./a/program; cat empty/link ü*/*`;
    const host = execFileSync('/bin/busybox', ['sh', '-c', look], {
      cwd: project.root,
      env: { PATH: '/nonexistent' },
      encoding: 'utf8',
    });
    expect(await printed(project, look)).toBe(host);
  });

  test('follows what is edited, added, removed and turned into something else', async () => {
    const project = synced();
    for (const path of ['edited', 'removed', 'folder/removed', 'becomes/folder', 'file']) {
      project.write(path, 'old');
    }
    await printed(project, 'echo made > made; echo kept > folder/kept');
    project.write('edited', 'new!');
    project.write('added/deep/file', 'new');
    rmSync(project.path('removed'));
    rmSync(project.path('becomes'), { recursive: true });
    project.write('becomes', 'a file');
    rmSync(project.path('file'));
    project.write('file/becomes', 'a folder');
    const output = await printed(project, 'cat edited added/deep/file becomes file/becomes; ls');
    expect(output).toBe(
      'new!newa filea folder' + 'added\nbecomes\nbuildenv.yaml\nedited\nfile\nfolder\nmade\n',
    );
    rmSync(project.path('folder'), { recursive: true });
    expect(await printed(project, 'ls')).not.toContain('folder');
    expect(existsSync(project.path('made'))).toBe(false);
  });

  test('is as on the host again after a command that changed it', async () => {
    const project = synced();
    for (const path of ['edited', 'removed', 'folder/deep/file', 'mode']) project.write(path, 'ok');
    const damage =
      'echo bad > edited; busybox rm removed; busybox rm -r folder; echo bad > folder; busybox chmod 7 mode';
    await printed(project, damage);
    const look = 'cat edited removed folder/deep/file; stat -c %a mode';
    expect(await printed(project, look)).toBe('okokok644\n');
    expect(readFileSync(project.path('edited'), 'utf8')).toBe('ok');
  });

  test('has names of any bytes, and brings them back', async () => {
    const project = synced('    outputs: [out]\n');
    const name = Buffer.concat([Buffer.from(project.path('odd-')), Buffer.of(0xff, 0xe9)]);
    writeFileSync(name, 'odd');
    symlinkSync(Buffer.of(0xfe), project.path('link'));
    const script = 'mkdir -p out; cat odd-*; for odd in odd-*; do echo 1 > "out/$odd"; done';
    const { status, stdout } = await run(project, `${script}; busybox readlink link`);
    expect(status).toBe(0);
    expect(stdout.toString('latin1')).toBe('odd\xfe\n');
    const out = readdirSync(project.path('out'), { encoding: 'latin1' });
    expect(out).toEqual(['odd-\xff\xe9']);
    rmSync(name);
    expect(await printed(project, 'ls')).toBe('buildenv.yaml\nlink\nout\n');
  });

  test('has what was written in the moment of the look at it', async () => {
    const project = synced();
    const write = (text: string) => {
      project.write('a', text);
      utimesSync(project.path('a'), 1e9, 4e9);
    };
    write('old');
    expect(await printed(project, 'cat a')).toBe('old');
    write('new');
    expect(await printed(project, 'cat a')).toBe('new');
  });

  test('has folders that nobody may write to', async () => {
    const project = synced();
    project.write('closed/a', 'old');
    chmodSync(project.path('closed'), 0o555);
    expect(await printed(project, 'stat -c %a closed; cat closed/a')).toBe('555\nold');
    project.write('closed/a', 'other');
    project.write('closed/b', 'added');
    expect(await printed(project, 'stat -c %a closed; cat closed/*')).toBe('555\notheradded');
  });

  test('is whole after a client that was killed while it sent', async () => {
    const project = synced();
    for (let index = 0; index < 40; index++) project.write(`big/${index}`, 'x'.repeat(1 << 20));
    const volume = () =>
      docker('volume', 'ls', '-q', '--filter', `label=dev.buildenv.project=${project.name}`);
    await buildenv(['image'], { cwd: project.root });
    for (const patience of [0, 50, 150]) {
      const child = startBuildenv(['run', 'true'], { cwd: project.root });
      const ended = once(child, 'exit');
      await waitFor('the volume', () => volume() !== '');
      await delay(patience);
      child.kill('SIGKILL');
      await ended;
      project.write('big/1', `y${patience}`);
    }
    expect(await printed(project, 'cat big/1; cat big/* | wc -c')).toBe(
      `y150${39 * (1 << 20) + 4}\n`,
    );
    // A container that its client could not start any more is what `buildenv gc` is for.
    const filter = [`label=dev.buildenv.project=${project.name}`, 'status=created'];
    const unborn = docker('ps', '-aq', ...filter.map((one) => `--filter=${one}`)).split('\n');
    if (unborn[0] !== '') docker('rm', ...unborn);
    await waitFor('no container', () => project.containers().length === 0);
  });

  test('that is too large for the engine’s disk is named, and is whole once it fits', async () => {
    // With outputs the agent stays, and with it what is on a disk in memory.
    const project = synced('    outputs: [out]\n');
    await printed(project, 'true');
    const label = `dev.buildenv.project=${project.name}`;
    const volume = docker('volume', 'ls', '--quiet', '--filter', `label=${label}`);
    docker('volume', 'rm', volume);
    const disk = ['--opt=type=tmpfs', '--opt=device=tmpfs', '--opt=o=size=64k'];
    const labels = [`--label=${label}`, '--label=dev.buildenv.token=small'];
    docker('volume', 'create', ...disk, ...labels, volume);
    project.write('big', 'x'.repeat(1 << 20));
    const { status, stderr } = await run(project, 'cat big');
    expect(status).toBe(125);
    expect(stderr).toContain('The source cannot be synchronised: big: No space left on device');
    project.write('big', 'small');
    expect(await printed(project, 'cat big')).toBe('small');
  });

  test('leaves out what is excluded', async () => {
    const project = synced('    exclude: [big, "**/*.o", "!keep.o"]\n');
    for (const path of ['big/file', 'a/b.o', 'keep.o', 'a/b.c']) project.write(path, '');
    expect(await printed(project, 'ls -a . a')).toBe(
      '.:\n.\n..\na\nbuildenv.yaml\nkeep.o\n\na:\n.\n..\nb.c\n',
    );
  });

  test('is sent anew to a volume of the same name, and where nothing is known of it', async () => {
    const project = synced();
    project.write('a', 'a');
    await printed(project, 'true');
    const filter = `label=dev.buildenv.project=${project.name}`;
    const volume = docker('volume', 'ls', '--quiet', '--filter', filter);
    docker('volume', 'rm', volume);
    expect(await printed(project, 'cat a')).toBe('a');

    rmSync(project.path('a'));
    const cache = mkdtempSync(join(tmpdir(), 'buildenv-cache-'));
    folders.push(cache);
    const { stdout } = await buildenv(['run', 'ls'], {
      cwd: project.root,
      env: { XDG_CACHE_HOME: cache },
    });
    expect(stdout.toString()).toBe('buildenv.yaml\n');
  });

  test('is whole in runs at the same time', async () => {
    const project = synced();
    for (let index = 0; index < 200; index++) project.write(`a/${index}`, 'x');
    await printed(project, 'true');
    for (let index = 0; index < 200; index++) project.write(`a/${index}`, 'yy');
    const results = await Promise.all(
      Array.from({ length: 4 }, () => printed(project, 'cat a/* | wc -c')),
    );
    expect(results).toEqual(Array.from({ length: 4 }, () => '400\n'));
  });

  describe('outputs', () => {
    const OUTPUTS = '    outputs: [out, "**/*.o"]\n';

    test('come back, and nothing else does', async () => {
      const project = synced(OUTPUTS);
      project.write('src/a.c', 'source');
      const script = `mkdir -p out/empty out/deep && echo 1 > out/deep/file && echo 2 > src/a.o
        busybox ln -s deep/file out/link; busybox chmod 6755 out/deep/file
        touch -d @1000000000 out/deep/file; echo bad > src/a.c; echo new > other`;
      await printed(project, script);
      expect(readFileSync(project.path('out/deep/file'), 'utf8')).toBe('1\n');
      const { mode, mtimeMs } = statSync(project.path('out/deep/file'));
      expect([mode & 0o7777, mtimeMs]).toEqual([0o755, 1e12]);
      expect(readlinkSync(project.path('out/link'))).toBe('deep/file');
      expect(statSync(project.path('out/empty')).isDirectory()).toBe(true);
      expect(readFileSync(project.path('src/a.o'), 'utf8')).toBe('2\n');
      expect(readFileSync(project.path('src/a.c'), 'utf8')).toBe('source');
      expect(existsSync(project.path('other'))).toBe(false);
      expect(await printed(project, 'cat out/deep/file src/a.c')).toBe('1\nsource');
    });

    test('that are new, changed or removed later come back as such', async () => {
      const project = synced(OUTPUTS);
      await printed(project, 'mkdir -p out/gone && touch out/a out/b out/gone/file out/mine');
      project.write('out/mine', 'edited here');
      await printed(project, 'busybox rm -r out/gone out/mine; echo 2 > out/b; echo 3 > out/c');
      expect(readFileSync(project.path('out/b'), 'utf8')).toBe('2\n');
      expect(readFileSync(project.path('out/c'), 'utf8')).toBe('3\n');
      expect(existsSync(project.path('out/gone'))).toBe(false);
      expect(existsSync(project.path('out/a'))).toBe(true);
    });

    test('stay where the command fails, unless they are asked for', async () => {
      const script = 'mkdir -p out; echo 1 > out/log; exit 3';
      const project = synced(OUTPUTS);
      expect((await run(project, script)).status).toBe(3);
      expect(existsSync(project.path('out'))).toBe(false);
      await printed(project, 'true');
      expect(existsSync(project.path('out/log'))).toBe(true);

      const asked = synced('    outputs: { paths: [out], onFailure: true }\n');
      expect((await run(asked, script)).status).toBe(3);
      expect(readFileSync(asked.path('out/log'), 'utf8')).toBe('1\n');
    });

    test('of another user are that user’s', async () => {
      const project = synced(OUTPUTS);
      const cache = mkdtempSync(join(tmpdir(), 'buildenv-cache-'));
      folders.push(cache);
      await buildenv(['image'], { cwd: project.root });
      for (const folder of [cache, project.root])
        execFileSync('chown', ['-R', `${UID}:${UID}`, folder]);
      const { openEngine } = await import('../support/open-engine');
      const { url, close } = await openEngine();
      try {
        const script = 'mkdir -p out && echo $(id -u) > out/id';
        const result = await buildenv(['--engine', url, 'run', 'sh', '-c', script], {
          cwd: project.root,
          uid: UID,
          env: { HOME: '/home/somebody', USER: 'somebody', XDG_CACHE_HOME: cache },
        });
        expect(result).toMatchObject({ status: 0, stderr: '' });
        expect(readFileSync(project.path('out/id'), 'utf8')).toBe(`${UID}\n`);
        expect(statSync(project.path('out/id')).uid).toBe(UID);
      } finally {
        close();
      }
    });

    test.each([
      [
        'a link out of the tree',
        'busybox ln -s ../../etc/passwd out/x',
        /out\/x .*out of the tree/,
      ],
      ['an absolute link', 'busybox ln -s /etc/passwd out/x', /out\/x .*out of the tree/],
      ['a link by a link', 'busybox ln -s deep/../../.. out/x', /out\/x .*out of the tree/],
      ['a device', 'busybox mknod out/x c 1 3', /out\/x .*neither file, folder nor link/],
      ['a pipe', 'busybox mkfifo out/x', /out\/x .*neither file, folder nor link/],
      ['too much', 'busybox truncate -s 2M out/x', /more than 1048576 bytes/],
    ])('with %s are refused as a whole', async (_name, script, message) => {
      const project = synced('    outputs: { paths: [out], limit: 1M }\n');
      const { status, stderr } = await run(project, `mkdir -p out/deep; echo 1 > out/a; ${script}`);
      expect(status).toBe(1);
      expect(stderr).toMatch(message);
      expect(existsSync(project.path('out'))).toBe(false);
    });

    test('do not go by a link of the host', async () => {
      const project = synced(OUTPUTS);
      const outside = mkdtempSync(join(tmpdir(), 'buildenv-outside-'));
      folders.push(outside);
      symlinkSync(outside, project.path('out'));
      const { status, stderr } = await run(
        project,
        'busybox rm out; mkdir out; echo 1 > out/a; echo 2 > b.o',
      );
      expect(status).toBe(1);
      expect(stderr).toContain(`${project.path('out/a')} cannot be written: ENOTDIR`);
      expect(lstatSync(project.path('out')).isSymbolicLink()).toBe(true);
      expect(execFileSync('ls', ['-A', outside], { encoding: 'utf8' })).toBe('');
      expect(existsSync(project.path('b.o'))).toBe(false);
    });

    test('have nothing of .git', async () => {
      const project = synced('    outputs: ["**"]\n');
      project.write('.git/config', 'host');
      await printed(project, 'echo bad > .git/config; mkdir -p a/.git; echo bad > a/.git/x');
      expect(readFileSync(project.path('.git/config'), 'utf8')).toBe('host');
      expect(existsSync(project.path('a/.git'))).toBe(false);
    });
  });
});
