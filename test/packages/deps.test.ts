import { cpSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildenv } from '../support/cli';
import { validOutput } from '../support/output-schema';
import {
  describeWithBuilder,
  listing,
  packagesProject,
  removeNetworks,
  tinySpec,
} from '../support/packages-project';
import type { TestProject } from '../support/test-project';

const HELLO = '  hello: { source: { path: hello } }\n';
const COMMAND = `  deps:
    directory: consumer
    command: [node, update.mjs]
    files: [WORKSPACE]
    arch: x86_64
`;
const LOCK = '  deps: { directory: consumer, arch: x86_64, files: [rpms.lock.json] }\n';

const made: TestProject[] = [];

type Variables = Readonly<Record<string, string>>;

function project(deps: string, spec = tinySpec('hello', '1.0')): TestProject {
  const files = { 'hello/hello.spec': spec, 'hello/program': '#!/bin/sh\necho hello\n' };
  const one = packagesProject(HELLO, files, deps);
  cpSync(join(__dirname, 'consumer'), one.path('consumer'), { recursive: true });
  made.push(one);
  return one;
}

function rpm({ root }: TestProject, args: readonly string[], more: Variables = {}) {
  const env = { XDG_CACHE_HOME: join(root, 'cache'), ...more };
  return buildenv(['rpm', ...args], { cwd: root, env });
}

/** What is left of copies below the cache folder. */
const copies = (one: TestProject) =>
  readdirSync(one.path('cache'), { recursive: true }).filter((path) => path.includes('copy-'));

const workspace = (one: TestProject) => readFileSync(one.path('consumer/WORKSPACE'), 'utf8');

/** Builds, and starts the server. @returns its address */
async function serve(one: TestProject): Promise<string> {
  const build = await rpm(one, ['build']);
  expect(build.status === 0 ? '' : build.stderr).toBe('');
  return (await rpm(one, ['serve'])).stdout.toString().trim();
}

describeWithBuilder('buildenv rpm deps', () => {
  afterAll(async () => {
    for (const one of made) {
      await rpm(one, ['stop']);
      removeNetworks(one);
      one.remove();
    }
  });

  describe('with the command of the consuming project', () => {
    let consumer: TestProject;
    let before: string;
    beforeAll(() => {
      consumer = project(COMMAND);
      before = workspace(consumer);
    });

    test('without a server it says so, and runs nothing', async () => {
      expect((await rpm(consumer, ['build'])).status).toBe(0);
      const { status, stderr } = await rpm(consumer, ['deps']);
      expect([status, stderr]).toEqual([1, expect.stringContaining('buildenv rpm serve')]);
      expect(workspace(consumer)).toBe(before);
    });

    test('--dry-run shows the difference that the update makes in a copy, and changes nothing', async () => {
      await serve(consumer);
      const tree = listing(consumer.path('consumer'));
      const { status, stdout, stderr } = await rpm(consumer, ['deps', '--dry-run']);
      expect(status === 0 ? '' : stderr).toBe('');
      const [verdict, ...diff] = stdout.toString().split('\n');
      expect(verdict).toBe('verified');
      expect(diff.slice(0, 2)).toEqual(['--- a/WORKSPACE', '+++ b/WORKSPACE']);
      expect(diff.join('\n')).toMatch(/^-.*\/hello-0\.9-1\.el9\.noarch\.rpm"\],$/m);
      expect(diff.join('\n')).toMatch(/^\+.*\/hello-1\.0-1\.el9\.noarch\.rpm"\],$/m);
      expect(listing(consumer.path('consumer'))).toBe(tree);
      expect(copies(consumer)).toEqual([]);
    });

    test('--dry-run says why the update would be refused', async () => {
      const result = await rpm(consumer, ['deps', '--dry-run', '--json'], { MISTAKE: 'stranger' });
      expect(result.status).toBe(1);
      expect(validOutput('rpm-deps', result.stdout)).toMatchObject({
        changed: ['BUILD.bazel', 'WORKSPACE'],
        diff: expect.stringContaining('+# changed\n') as string,
        problems: ['BUILD.bazel was changed, and is not in rpm.deps.files'],
      });
      expect(workspace(consumer)).toBe(before);
    });

    test('--dry-run finds out a command that leaves the copy', async () => {
      const file = consumer.path('consumer/BUILD.bazel');
      const { status, stderr } = await rpm(consumer, ['deps', '--dry-run'], { MISTAKE: file });
      expect([status, stderr]).toEqual([1, expect.stringMatching(/left its copy[^]*BUILD.bazel/)]);
    });

    test.each([
      ['nothing', 'hello-1.0-1.el9.noarch.rpm was not taken'],
      ['elsewhere', 'was taken from elsewhere: http://official.example.org/'],
      ['stranger', 'BUILD.bazel was changed, and is not in rpm.deps.files'],
      ['status', 'node update.mjs failed: exit status 3'],
    ])('an update that errs by %s is found out, and undone', async (mistake, reason) => {
      const { status, stderr } = await rpm(consumer, ['deps'], { MISTAKE: mistake });
      expect([status, stderr]).toEqual([1, expect.stringContaining(reason)]);
      expect(workspace(consumer)).toBe(before);
    });

    test('a version that was not built is refused, and what is there is named', async () => {
      const wrong = await rpm(consumer, ['deps'], { HELLO_VERSION: '0:9.9-1.el9' });
      expect([wrong.status, wrong.stderr]).toEqual([
        1,
        expect.stringContaining('there is no hello 0:9.9-1.el9: the repository has 0:1.0-1.el9'),
      ]);
      expect(workspace(consumer)).toBe(before);
    });

    test('it is told the versions, and takes the package from the served address', async () => {
      const url = (await rpm(consumer, ['serve'])).stdout.toString().trim();
      const { status, stdout, stderr } = await rpm(consumer, ['deps', '--json']);
      expect(status === 0 ? '' : stderr).toBe('');
      expect(validOutput('rpm-deps', stdout)).toMatchObject({
        changed: ['WORKSPACE'],
        variables: {
          HELLO_VERSION: '0:1.0-1.el9',
          SINGLE_ARCH: 'x86_64',
          BASESYSTEM: 'centos-stream-release',
        },
      });
      expect(workspace(consumer)).toContain(`${url}noarch/hello-1.0-1.el9.noarch.rpm`);
    });
  });

  test('rpm all builds, serves, describes and updates', async () => {
    const one = project(COMMAND, tinySpec('hello', '1.1'));
    const { status, stdout, stderr } = await rpm(one, ['all', '--json']);
    expect(status === 0 ? '' : stderr).toBe('');
    const { url } = validOutput('rpm-all', stdout) as { url: string };
    expect(workspace(one)).toContain(`${url}noarch/hello-1.1-1.el9.noarch.rpm`);
  });

  describe('with a lock file', () => {
    test('has the tree with checksums and places, and --dry-run says what would change', async () => {
      const one = project(LOCK);
      const url = await serve(one);
      const planned = await rpm(one, ['deps', '--dry-run']);
      expect(planned.stderr).toBe('');
      expect(planned.stdout.toString()).toMatch(/^[+] hello 0:1.0-1.el9 noarch http/m);
      const { stdout } = await rpm(one, ['deps', '--json']);
      const lock = one.path('consumer/rpms.lock.json');
      expect(validOutput('rpm-deps', stdout)).toMatchObject({ changed: [lock] });
      expect(JSON.parse(readFileSync(lock, 'utf8'))).toMatchObject({
        arch: 'x86_64',
        packages: [
          {
            name: 'hello',
            version: '0:1.0-1.el9',
            url: `${url}noarch/hello-1.0-1.el9.noarch.rpm`,
            sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
            repository: 'custom-build',
          },
        ],
      });
      expect((await rpm(one, ['deps'])).stdout.toString()).toContain('is up to date');
    });

    test('a package that needs what no repository has is refused by the name of it', async () => {
      const one = project(LOCK, tinySpec('hello', '1.0', 'Requires: libnowhere.so.1'));
      await serve(one);
      const { status, stderr } = await rpm(one, ['deps']);
      expect([status, stderr]).toEqual([1, expect.stringContaining('libnowhere.so.1')]);
    });

    test('a package that another repository has by the same name and version is refused', async () => {
      const official = project(LOCK);
      const url = await serve(official);
      const one = project(LOCK.replace('files:', 'repositories: [other.yaml], files:'));
      one.write('consumer/other.yaml', `repositories: [{name: official, baseurl: '${url}'}]\n`);
      await serve(one);
      const clash = await rpm(one, ['deps']);
      expect([clash.status, clash.stderr]).toEqual([
        1,
        expect.stringContaining('hello 0:1.0-1.el9 is in custom-build and official'),
      ]);

      await rpm(official, ['stop']);
      const gone = await rpm(one, ['deps']);
      expect([gone.status, gone.stderr]).toEqual([
        1,
        expect.stringContaining('a repository is not reached'),
      ]);
    });
  });
});
