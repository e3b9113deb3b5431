import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { CiAgent } from '../support/ci-agent';
import { describeWithEngine, docker, engineUrl } from '../support/engine';
import { type Access, BedProject } from './bed/bed-project';
import { RegistryBed } from './bed/registry-bed';
import { registrySuite } from './registry-suite';

/** Below `public/` the bed lets everybody pull. */
const PATH = 'public';
const SECTIONS = `images:
  tool: { from: 'buildenv-test/busybox:1' }
environments:
  default: { image: tool, reuse: off }
distros:
  hello:
    files: [{ from: hello, to: /bin/hello }, { from: /bin/busybox, to: /bin/sh }]
    config: { entrypoint: [/bin/sh, /bin/hello] }
ci:
  run: [cat hello]
`;

function validator(name: string) {
  const file = resolve(__dirname, `../../schema/output/${name}.json`);
  return new Ajv().compile(JSON.parse(readFileSync(file, 'utf8')) as object);
}

interface Published {
  name: string;
  reference: string;
  references: string[];
  digest: string;
}

registrySuite('publishing', () => {
  describeWithEngine('with an engine', () => {
    let bed: RegistryBed;
    let project: BedProject;
    let name: string;
    beforeAll(async () => {
      bed = await RegistryBed.start();
    });
    afterAll(() => bed.stop());
    afterEach(() => {
      project.remove();
      const ours = docker('images', '--format', '{{.Repository}}:{{.Tag}}')
        .split('\n')
        .filter((one) => one.startsWith(`${name}/`) || one.startsWith(`${bed.host}/`));
      if (ours.length > 0) docker('rmi', '--force', ...ours);
    });

    function start(access: Access): void {
      name = `t${randomBytes(4).toString('hex')}`;
      project = new BedProject(bed, access, name, SECTIONS, `${PATH}/${name}`);
      project.write('hello', 'echo published\n');
      project.git('add', '.');
      project.git('commit', '--quiet', '--message=Second');
    }

    const at = (tag: string) => `${bed.host}/${PATH}/${name}/hello:${tag}`;
    const stored = (tag: string) => bed.storedDigest(`${PATH}/${name}/hello`, tag);

    /** What is printed by a call that succeeds. */
    async function run(...args: readonly string[]): Promise<string> {
      const { status, stdout, stderr } = await project.buildenv(args);
      expect(status === 0 ? '' : stderr).toBe('');
      return stdout.toString();
    }

    /** What a stranger gets who knows the reference alone. */
    async function pullAndRun(reference: string): Promise<string> {
      // The bed answers in this process, so it must not wait for docker.
      const env = { ...process.env, DOCKER_HOST: engineUrl };
      await promisify(execFile)('docker', ['pull', '--quiet', reference], { env });
      try {
        return docker('run', '--rm', '--network=none', reference);
      } finally {
        docker('rmi', reference);
      }
    }

    describe.each<Access>(['distribution', 'azure'])('by the %s API', (access) => {
      beforeEach(() => start(access));

      test('a distro has the tags and the digest that are printed, and can be pulled', async () => {
        await run('distro');
        const text = await run('publish', '--tag', 'stable', '--json');
        const published = JSON.parse(text) as Published[];
        const isValid = validator('publish');
        expect([isValid(published), isValid.errors]).toEqual([true, null]);
        const digest = stored('main') ?? '';
        expect(published).toEqual([
          { name: 'hello', reference: at('main'), references: [at('main'), at('stable')], digest },
        ]);
        expect(stored('stable')).toBe(digest);
        expect(docker('images', '--format', '{{.Repository}}')).not.toContain(bed.host);
        docker('rmi', `${name}/hello:main`);
        expect(await pullAndRun(at('stable'))).toBe('published');
        expect(await pullAndRun(`${at('main').replace(/:main$/, '')}@${digest}`)).toBe('published');
      });

      test('of two tags on one digest one is unpublished, and the other can be pulled', async () => {
        await run('distro');
        const text = await run('publish', '--tag', 'stable');
        expect(text).toBe(`${at('main')} ${stored('main')}\n${at('stable')} ${stored('main')}\n`);
        await run('unpublish', '--yes');
        expect([stored('main'), stored('stable')]).toEqual([undefined, expect.any(String)]);
        docker('rmi', `${name}/hello:main`);
        expect(await pullAndRun(at('stable'))).toBe('published');
      });
    });

    describe('whatever the API', () => {
      beforeEach(() => start('distribution'));

      test('what the registry has is not sent again', async () => {
        await run('distro');
        const first = await run('publish');
        const before = bed.seen.length;
        expect(await run('publish')).toBe(first);
        const methods = new Set(bed.seen.slice(before).map(({ method }) => method));
        expect([...methods].sort()).toEqual(['GET']);
      });

      test('--dry-run says the references, and nothing is pushed', async () => {
        const text = await run('publish', '--tag', 'stable', '--dry-run');
        expect(text).toBe(`would publish ${at('main')}\nwould publish ${at('stable')}\n`);
        const isValid = validator('publish-dry-run');
        const json = JSON.parse(await run('publish', '--dry-run', '--json')) as unknown;
        expect([isValid(json), isValid.errors]).toEqual([true, null]);
        expect(stored('main')).toBeUndefined();
      });

      test('latest is moved by force alone', async () => {
        await run('distro');
        const refused = await project.buildenv(['publish', '--tag', 'latest']);
        expect(refused.status).toBe(2);
        expect(refused.stderr).toContain("would move 'latest', which is shared");
        expect([stored('main'), stored('latest')]).toEqual([undefined, undefined]);
        await run('publish', '--tag', 'latest', '--force');
        expect(stored('latest')).toBe(stored('main'));
      });

      test('an image that is not there is an error, with what to do', async () => {
        const { status, stderr } = await project.buildenv(['publish']);
        expect(status).toBe(1);
        expect(stderr).toMatch(
          /The engine has no image .*\/hello:main\n {2}→ .*buildenv distro hello/,
        );
      });

      test('an image of an earlier commit is published, and that is said', async () => {
        await run('distro');
        project.write('hello', 'echo later\n');
        project.git('commit', '--quiet', '--all', '--message=Third');
        const { status, stderr } = await project.buildenv(['publish']);
        expect(status).toBe(0);
        expect(stderr).toMatch(/hello: assembled from [0-9a-f]{40}; the tree is at [0-9a-f]{40}\n/);
      });

      test('credentials that are wrong are an error at once, with whose they are', async () => {
        await run('distro');
        const { status, stderr } = await project.buildenv(['publish'], {
          BED_PASSWORD: 'a-wrong-one',
        });
        expect(status).toBe(1);
        expect(stderr).toContain(`Cannot log in to ${bed.host}`);
        expect(stderr).toContain('BED_PASSWORD');
        expect(stderr).not.toContain('a-wrong-one');
        expect(docker('images', '--format', '{{.Repository}}')).not.toContain(bed.host);
      });

      describe('the pipelines that are written', () => {
        let agent: CiAgent;
        beforeEach(async () => {
          await run('ci', 'azure');
          await run('ci', 'github');
          project.git('add', '.');
          project.git('commit', '--quiet', '--message=Pipelines');
          project.git('push', '--quiet', 'origin', 'main', 'main:refs/heads/fix');
          agent = new CiAgent(project.remote, project.env);
        });
        afterEach(() => agent.remove());

        test.each(['azure', 'github'] as const)(
          '%s: publishes from the branch alone, and cleans up what is gone',
          async (system) => {
            const request = await agent[system]({ kind: 'pull-request', branch: 'fix' });
            expect(request.map(({ status }) => status)).toEqual([0, 0, 0]);
            expect(stored('fix')).toBeUndefined();

            const pushed = await agent[system]({ kind: 'push', branch: 'main' });
            expect(pushed.at(-1)).toMatchObject({ command: 'buildenv publish', status: 0 });
            const digest = stored('main') ?? '';
            const outputs =
              system === 'azure' ? (pushed.at(-1)?.stderr ?? '') : agent.githubOutputs();
            for (const [key, value] of Object.entries({
              image_hello: at('main'),
              digest_hello: digest,
            })) {
              const line =
                system === 'azure'
                  ? `##vso[task.setvariable variable=${key};isOutput=true]${value}\n`
                  : `${key}=${value}\n`;
              expect(outputs).toContain(line);
            }

            await run('publish', '--tag', 'gone', '--tag', 'fix');
            const cleaned = await agent[system]({ kind: 'schedule', branch: 'main' });
            expect(cleaned).toMatchObject([
              { command: 'buildenv unpublish --branch-gone --yes', status: 0 },
            ]);
            expect([stored('gone'), stored('fix'), stored('main')]).toEqual([
              undefined,
              digest,
              digest,
            ]);
            docker('rmi', `${name}/hello:main`);
            expect(await pullAndRun(at('main'))).toBe('published');
          },
        );
      });
    });
  });
});
