import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, statSync } from 'node:fs';
import { buildenv } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker } from '../support/engine';
import { openEngine } from '../support/open-engine';
import { TestProject } from '../support/test-project';

/** Images with accounts of their own, as instructions after the base image. */
const IMAGES = {
  plain: '',
  'with USER': 'USER 4711:4711\n',
  'without accounts': 'RUN rm /etc/passwd /etc/group\n',
  'with the ids of another user':
    'RUN echo "image:x:12345:12345::/image:/bin/sh" >> /etc/passwd && echo "crowd:x:12345:" >> /etc/group\n',
  'with an entrypoint': 'ENTRYPOINT ["/bin/busybox", "env", "FROM_ENTRYPOINT=1"]\n',
};
const UIDS = [0, 1000, 12345, 2 ** 31 - 2];

describeWithEngine('who a command runs as', () => {
  let engine: { url: string; close: () => void };
  const projects = new Map<string, TestProject>();
  beforeAll(async () => {
    engine = await openEngine();
  });
  afterAll(() => {
    engine.close();
    for (const project of projects.values()) project.remove();
  });

  function projectOf(instructions: string): TestProject {
    const project =
      projects.get(instructions) ??
      new TestProject(
        'images: { tool: { dockerfile: Dockerfile } }\n' +
          'environments: { default: { image: tool, reuse: off, caches: { deep: ~/.cache/deep } } }\n',
        { Dockerfile: `FROM ${BUSYBOX_IMAGE}\n${instructions}` },
      );
    projects.set(instructions, project);
    return project;
  }

  function as(uid: number, project: TestProject, ...words: readonly string[]) {
    return buildenv(['--engine', engine.url, 'run', ...words], {
      cwd: project.root,
      uid,
      env: { HOME: uid === 0 ? '/root' : '/home/somebody', USER: 'somebody' },
    });
  }

  /** The host's name for a user, as far as it has one. */
  const name = (uid: number) =>
    spawnSync('id', ['--user', '--name', String(uid)], { encoding: 'utf8' }).stdout.trim() ||
    'somebody';
  const script = (file: string) =>
    `whoami; id -u; id -g; touch ${file} ~/x ~/.cache/deep/x && stat -c %u . ~/.cache/deep/x; echo $HOME`;

  test.each(
    Object.entries(IMAGES).flatMap(([image, instructions]) =>
      UIDS.map((uid) => [uid, image, instructions] as const),
    ),
  )('uid %i, an image %s', async (uid, image, instructions) => {
    const project = projectOf(instructions);
    const file = `made-${uid}`;
    const result = await as(uid, project, 'sh', '-c', script(file));
    expect(result).toMatchObject({
      stderr: expect.not.stringContaining('cannot') as string,
      status: 0,
    });
    const lines = result.stdout.toString().split('\n');
    const home = uid === 0 ? '/root' : '/home/somebody';
    expect([...lines.slice(0, 3), ...lines.slice(4, 6)]).toEqual(
      [name(uid), uid, uid, uid, home].map(String),
    );
    expect(statSync(project.path(file))).toMatchObject({ uid, gid: uid });
    if (image === 'with an entrypoint') {
      const { stdout } = await as(uid, project, 'sh', '-c', 'echo $FROM_ENTRYPOINT');
      expect(stdout.toString()).toBe('1\n');
    }
  });

  test('--root is root in the container', async () => {
    const { stdout } = await as(12345, projectOf(''), '--root', 'id', '-u');
    expect(stdout.toString()).toBe('0\n');
  });

  test('a new cache is writable for two runs that begin at once', async () => {
    const project = projectOf('');
    docker('volume', 'rm', '--force', `buildenv-${project.name}-deep-4242`);
    const results = await Promise.all(
      [1, 2].map((one) => as(4242, project, 'touch', `/home/somebody/.cache/deep/${one}`)),
    );
    expect(results.map(({ status, stderr }) => [status, stderr.includes('touch')])).toEqual([
      [0, false],
      [0, false],
    ]);
  });

  test('a tree that is the home keeps its mode, and gets no folder of root', async () => {
    const project = new TestProject(
      `images: { tool: { from: "${BUSYBOX_IMAGE}" } }\n` +
        'environments: { default: { image: tool, reuse: off, caches: { c: ~/a/b } } }\n',
    );
    try {
      chownSync(project.root, 12345, 12345);
      chmodSync(project.root, 0o750);
      const result = await buildenv(['--engine', engine.url, 'run', 'touch', 'a/b/x'], {
        cwd: project.root,
        uid: 12345,
        env: { HOME: project.root },
      });
      expect(result.status).toBe(0);
      expect(statSync(project.root).mode & 0o7777).toBe(0o750);
      expect(statSync(project.path('a')).uid).toBe(12345);
      expect(statSync(project.path('a/b')).uid).toBe(12345);
    } finally {
      project.remove();
    }
  });
});
