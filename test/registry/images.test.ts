import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Ajv } from 'ajv';
import { buildenv, type CliResult, startBuildenv } from '../support/cli';
import { BUSYBOX_IMAGE, describeWithEngine, docker, engineUrl } from '../support/engine';
import { TestProject } from '../support/test-project';
import { putImage } from './bed/put-image';
import { ADMIN, APPLICATION, RegistryBed } from './bed/registry-bed';
import { registrySuite } from './registry-suite';

interface Keyed {
  key: string;
}

const DOCKERFILE = 'ARG BASE\nFROM ${BASE}\nCOPY . /files\n';

registrySuite('images in a registry', () =>
  describeWithEngine('as a user has them', () => {
    let bed: RegistryBed;
    let project: TestProject;
    beforeAll(async () => {
      bed = await RegistryBed.start();
    });
    afterAll(() => bed.stop());
    beforeEach(() => {
      project = new TestProject(
        `registries:
  azure:
    url: ${bed.host}
    auth: azure
    azure: { authorityHost: '${bed.authority}', disableInstanceDiscovery: true }
    ca: ${bed.caFile}
  hub: { url: ${bed.host}/team, auth: docker }
images:
  base: { from: '${BUSYBOX_IMAGE}' }
  tool: { dockerfile: Dockerfile, context: context, needs: [base] }
environments:
  default: { image: tool, reuse: off }
`,
        { Dockerfile: DOCKERFILE, 'context/file': `${Math.random()}\n` },
      );
    });
    afterEach(() => {
      bed.faults.clear();
      project.remove();
    });

    const environment = () => ({
      AZURE_TENANT_ID: APPLICATION.tenant,
      AZURE_CLIENT_ID: APPLICATION.client,
      AZURE_CLIENT_SECRET: APPLICATION.secret,
      NO_PROXY: '*',
      DOCKER_CONFIG: project.path('docker'),
      IMAGE_VERSION: undefined,
      BUILDENV_IMAGE_VERSION: undefined,
    });
    const run = (args: readonly string[], env: Record<string, string> = {}): Promise<CliResult> =>
      buildenv(args, { cwd: project.root, env: { ...environment(), ...env } });

    /** JSON of a command that succeeds, as its schema says. */
    async function json(name: string, args: readonly string[], env = {}): Promise<object> {
      const { status, stdout, stderr } = await run([...args, '--json'], env);
      expect(status === 0 ? '' : stderr).toBe('');
      const value = JSON.parse(stdout.toString()) as object;
      const schema = resolve(__dirname, '../../schema/output', `${name}.json`);
      const validate = new Ajv({ allowUnionTypes: true }).compile(
        JSON.parse(readFileSync(schema, 'utf8')) as object,
      );
      validate(value);
      expect(validate.errors).toBeNull();
      return value;
    }

    const local = (name = 'tool', tag = 'latest') => `${project.name}/${name}:${tag}`;
    const idOf = (reference: string) => docker('inspect', '--format', '{{.Id}}', reference);
    const forget = () => docker('rmi', ...project.images());
    const build = async () => expect((await run(['image'])).status).toBe(0);

    test('push: tag and key, once; latest by force alone; nothing of the registry stays', async () => {
      await build();
      const refused = await run(['image', 'push']);
      expect(refused.status).toBe(2);
      expect(refused.stderr).toContain("Pushing tool would move 'latest', which is shared");
      expect(refused.stderr).toContain('--force');

      const planned = await json('image-push-dry-run', ['image', 'push', '--force', '--dry-run']);
      const reference = `${bed.host}/${project.name}/tool:latest`;
      expect(planned).toEqual([{ name: 'tool', reference }]);
      expect(bed.storedDigest(`${project.name}/tool`, 'latest')).toBeUndefined();

      const pushed = await json('image-push', ['image', 'push', '--force']);
      const digest = bed.storedDigest(`${project.name}/tool`, 'latest');
      expect(pushed).toEqual([{ name: 'tool', reference, digest, action: 'push' }]);
      const [key = ''] = project.images().filter((one) => one.includes('tool:key-'));
      expect(bed.storedDigest(`${project.name}/tool`, key.split(':')[1] ?? '')).toBe(digest);
      expect(docker('images', '--format', '{{.Repository}}')).not.toContain(bed.host);

      const again = await json('image-push', ['image', 'push', '--force']);
      expect(again).toMatchObject([{ digest, action: 'none' }]);
      const env = { BUILDENV_IMAGE_VERSION: 'v2' };
      docker('tag', local(), local('tool', 'v2'));
      const tagged = await json('image-push', ['image', 'push'], env);
      expect(tagged).toMatchObject([{ digest, action: 'tag' }]);
      expect(bed.storedDigest(`${project.name}/tool`, 'v2')).toBe(digest);
      writeDockerConfig();
      await dockerPull(`${bed.host}/${project.name}/tool:v2`);
      expect(idOf(`${bed.host}/${project.name}/tool:v2`)).toBe(idOf(local()));
      docker('rmi', `${bed.host}/${project.name}/tool:v2`);
    });

    /** Credentials of the bed where the docker client keeps them. */
    function writeDockerConfig(): void {
      mkdirSync(project.path('docker'));
      const auth = Buffer.from(`${ADMIN.username}:${ADMIN.password}`).toString('base64');
      const config = { auths: { [bed.host]: { auth } } };
      writeFileSync(join(project.path('docker'), 'config.json'), JSON.stringify(config));
    }

    /** The docker client, while the bed of this process answers. */
    const dockerPull = (reference: string) =>
      promisify(execFile)('docker', ['pull', '--quiet', reference], {
        env: { ...process.env, DOCKER_HOST: engineUrl, DOCKER_CONFIG: project.path('docker') },
      });

    test('what is not built is not pushed', async () => {
      const { status, stderr } = await run(['image', 'push', '--force']);
      expect(status).toBe(1);
      expect(stderr).toContain(`${local()} is not there, or not up to date`);
      expect(stderr).toContain('→ Build it first: buildenv image build tool');
    });

    test('pull: by key, by a tag of other inputs with a notice, by a chosen tag', async () => {
      await build();
      const id = idOf(local());
      await json('image-push', ['image', 'push', '--force']);
      await json('image-push', ['image', 'push', 'base', '--force']);
      forget();
      const source = `${bed.host}/${project.name}/tool:key-`;
      const planned = await json('image-pull-dry-run', ['image', 'pull', '--dry-run']);
      expect(planned).toMatchObject([{ source: expect.stringContaining(source) as string }]);
      expect(project.images()).toEqual([]);

      const digest = bed.storedDigest(`${project.name}/tool`, 'latest');
      const pulled = await json('image-pull', ['image', 'pull']);
      expect(pulled).toEqual([{ name: 'tool', action: 'pull', reference: local(), id, digest }]);
      expect(idOf(local())).toBe(id);
      expect(docker('images', '--digests', '--format', '{{.Repository}}')).not.toContain(bed.host);
      expect(await json('image-pull', ['image', 'pull'])).toMatchObject([{ action: 'none' }]);
      expect((await run(['image', '--json'])).stdout.toString()).not.toContain('"build"');
      await json('image-pull', ['image', 'pull', 'base']);
      expect(await json('image-pull', ['image', 'pull', 'base'])).toMatchObject([{ digest: null }]);

      forget();
      project.write('context/file', 'other\n');
      const other = await run(['image', 'pull']);
      expect(other.status).toBe(0);
      expect(other.stderr).toContain('latest is pulled, which was made from other inputs');
      expect(idOf(local())).toBe(id);

      const chosen = await run(['image', 'pull'], { BUILDENV_IMAGE_VERSION: 'v9' });
      expect(chosen.status).toBe(1);
      expect(chosen.stderr).toContain(`${bed.host}/${project.name}/tool has no v9`);
    });

    test('a push with a wrong password is an error at once', async () => {
      await build();
      const auth = Buffer.from(`${ADMIN.username}:a-wrong-one`).toString('base64');
      project.write('docker/config.json', JSON.stringify({ auths: { [bed.host]: { auth } } }));
      const { status, stderr } = await run(['image', 'push', '--force', '--registry', 'hub']);
      expect(status).toBe(1);
      expect(stderr).toContain(`Cannot log in to ${bed.host}`);
      expect(stderr).not.toContain('a-wrong-one');
    });

    test('image and run pull by key what they would build, and build where that fails', async () => {
      await build();
      const id = idOf(local());
      await json('image-push', ['image', 'push', '--force']);
      forget();
      const planned = await json('image-build-dry-run', ['image', '--dry-run']);
      expect(planned).toMatchObject([{ name: 'tool', action: 'pull' }]);
      const listed = await run(['run', 'cat', '/files/file']);
      expect(listed.stdout.toString()).toBe(readFileSync(project.path('context/file'), 'utf8'));
      expect(idOf(local())).toBe(id);
      expect(project.images().filter((one) => one.includes('/base:'))).toEqual([]);
      forget();
      expect(await json('image-build', ['image'])).toMatchObject([{ action: 'pull', id }]);

      forget();
      bed.faults.add({ path: /^\/oauth2\/exchange/, kind: 'status', status: 401 });
      const built = await run(['image', '--json']);
      expect(built.status).toBe(0);
      expect(built.stderr).toContain('building what is missing');
      expect(JSON.parse(built.stdout.toString())).toMatchObject([
        { name: 'base', action: 'obtain' },
        { name: 'tool', action: 'build' },
      ]);
    });

    test("--registry: another registry, with a path and the docker client's credentials", async () => {
      await build();
      writeDockerConfig();
      const pushed = await json('image-push', ['image', 'push', '--force', '--registry', 'hub']);
      expect(pushed).toMatchObject([{ reference: `${bed.host}/team/tool:latest` }]);
      expect(bed.storedDigest('team/tool', 'latest')).toBeDefined();
      const { status, stderr } = await run(['image', 'push', '--force', '--registry', 'hup']);
      expect(status).toBe(2);
      expect(stderr).toContain("There is no registry 'hup'");
    });

    test('several at once, with progress of the layers, and without the secrets', async () => {
      await build();
      bed.faults.add({ method: 'PUT', path: /tool\/manifests/, kind: 'status', status: 503 });
      const args = ['image', 'push', 'base', 'tool', '--force', '--verbose'];
      const { status, stdout, stderr } = await run(args);
      expect(status).toBe(0);
      expect(stdout.toString().split('\n').filter(Boolean)).toHaveLength(2);
      expect(stderr).toMatch(/tool: [0-9a-f]{12} pushed$/m);
      expect(stderr).toMatch(/tool: .*503.*; again in \d s$/m);
      expect(stderr).not.toContain(APPLICATION.secret);
      expect(stderr).not.toMatch(/eyJ/);
    });

    test('a private FROM is pulled with the credentials of its registry', async () => {
      await build();
      await json('image-push', ['image', 'push', 'base', '--force']);
      const from = `${bed.host}/${project.name}/base:latest`;
      project.write('Dockerfile', 'ARG FROM\nFROM ${FROM} AS first\nFROM first\nCOPY . /files\n');
      forget();
      const args = ['image', 'build', 'tool', '--build-arg', `FROM=${from}`];
      const refused = await run(args, { AZURE_CLIENT_SECRET: 'a-wrong-one' });
      expect(refused.status).toBe(1);
      expect(refused.stderr).toContain('Entra ID');
      const built = (await json('image-build', args)) as object[];
      expect(built.at(-1)).toMatchObject({ name: 'tool', action: 'build' });
      expect(idOf(from)).toBe(idOf(local('base')));
      docker('rmi', from);
    });

    test('lock: an upstream base is pinned, and what is pinned stays', async () => {
      await json('image-build', ['image', 'base']);
      await json('image-push', ['image', 'push', 'base', '--force']);
      const repository = `${project.name}/base`;
      const upstream = `${bed.host}/${repository}:latest`;
      const pinned = bed.storedDigest(repository, 'latest');
      docker('rmi', ...project.images());
      const config = readFileSync(project.path('buildenv.yaml'), 'utf8');
      project.write('buildenv.yaml', config.replace(BUSYBOX_IMAGE, upstream));

      const unpinned = await run(['image', 'base', '--frozen']);
      expect(unpinned.status).toBe(2);
      expect(unpinned.stderr).toContain(`buildenv.lock does not pin ${upstream}`);
      const [before] = (await json('image-build-dry-run', [
        'image',
        'base',
        '--dry-run',
      ])) as Keyed[];
      const bases = [{ reference: upstream, digest: pinned }];
      expect(await json('image-lock', ['image', 'lock'])).toMatchObject({ written: true, bases });
      expect(await json('image-lock', ['image', 'lock'])).toMatchObject({ written: false });
      const [after] = (await json('image-build-dry-run', [
        'image',
        'base',
        '--dry-run',
      ])) as Keyed[];
      expect(after?.key).not.toBe(before?.key);

      await putImage(bed, repository, ['latest']);
      const drifted = await run(['image', 'lock', '--frozen']);
      expect(drifted.status).toBe(2);
      expect(drifted.stderr).toContain(`${upstream} is sha256:`);
      expect(drifted.stderr).toContain(`and pinned to ${pinned ?? ''}`);
      expect(await json('image-build', ['image', 'base', '--frozen'])).toMatchObject([
        { action: 'obtain', id: idOf(BUSYBOX_IMAGE) },
      ]);
      docker('rmi', `${bed.host}/${repository}@${pinned ?? ''}`);
    });

    test('Ctrl-C ends the upload', async () => {
      await build();
      const held = new Promise<void>((resolve) => {
        bed.faults.add({
          method: 'PATCH',
          path: /blobs\/uploads/,
          kind: 'hook',
          after: 1,
          action: () => {
            child.kill('SIGINT');
            return new Promise<void>((go) => {
              child.on('exit', () => {
                go();
                resolve();
              });
            });
          },
        });
      });
      const child = startBuildenv(['image', 'push', '--force'], {
        cwd: project.root,
        env: environment(),
      });
      const status = await new Promise((resolve) => child.on('exit', resolve));
      await held;
      expect(status).toBe(130);
      expect(bed.storedDigest(`${project.name}/tool`, 'latest')).toBeUndefined();
      expect(docker('images', '--format', '{{.Repository}}')).not.toContain(bed.host);
    });
  }),
);
