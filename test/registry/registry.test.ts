import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRegistry } from '../../src/open-registry';
import type { Registry } from '../../src/registry/registry';
import { DockerRegistry } from './bed/docker-registry';
import { openAzure, openDistribution, quick } from './bed/open-bed';
import { putImage } from './bed/put-image';
import { READER, RegistryBed, SCOPED } from './bed/registry-bed';
import { failure } from './failure';
import { registrySuite } from './registry-suite';

const NOTHING = `sha256:${'0'.repeat(64)}`;

registrySuite('a registry', () => {
  let bed: RegistryBed;
  beforeAll(async () => {
    bed = await RegistryBed.start();
  });
  afterAll(() => bed.stop());
  afterEach(() => {
    expect(bed.faults.left).toBe(0);
    bed.faults.clear();
  });

  describe.each([
    ['by the distribution API', openDistribution],
    ['of Azure', openAzure],
  ])('%s', (name, open) => {
    let registry: Registry;
    const repository = `km/${name.replaceAll(' ', '-').toLowerCase()}`;
    beforeAll(async () => {
      registry = await open(bed);
    });

    test('finds a manifest by tag and by digest, and says what is not there', async () => {
      const digest = await putImage(bed, repository, ['found']);
      const manifest = await registry.findManifest(repository, 'found');
      expect(manifest).toMatchObject({ digest });
      expect(manifest?.config).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(await registry.findManifest(repository, digest)).toEqual(manifest);
      expect(await registry.findDigest(repository, 'found')).toBe(digest);
      expect(await registry.findDigest(repository, 'gone')).toBeUndefined();
      expect(await registry.findManifest(repository, NOTHING)).toBeUndefined();
      expect(await registry.findManifest(`${repository}-gone`, 'found')).toBeUndefined();
      expect(await registry.listTags(`${repository}-gone`)).toBeUndefined();
    });

    test('lists tags with digests and times', async () => {
      const time = new Date('2024-02-03T04:05:06Z');
      const digest = await putImage(bed, `${repository}/list`, ['a', 'b'], time);
      for (const tag of ['a', 'b']) bed.setTagTime(`${repository}/list`, tag, time);
      const tags = await registry.listTags(`${repository}/list`);
      expect([...(tags ?? [])].sort((one, other) => (one.name < other.name ? -1 : 1))).toEqual(
        ['a', 'b'].map((tag) => ({ name: tag, digest, updated: time, locked: false })),
      );
    });

    test('lists more tags than one answer has', async () => {
      const names = Array.from({ length: 130 }, (_, index) => `t${index}`);
      await putImage(bed, `${repository}/many`, ['t0']);
      bed.copyTag(`${repository}/many`, 't0', names.slice(1));
      const tags = await registry.listTags(`${repository}/many`);
      expect(tags?.map((tag) => tag.name).sort()).toEqual(names.sort());
    });

    test('removes a tag, and leaves another on the same digest', async () => {
      const digest = await putImage(bed, repository, ['one', 'other']);
      expect(await registry.deleteTag(repository, 'one')).toBe(true);
      expect(bed.storedDigest(repository, 'one')).toBeUndefined();
      expect(bed.storedDigest(repository, 'other')).toBe(digest);
      expect(await registry.findDigest(repository, 'other')).toBe(digest);
      expect(await registry.deleteTag(repository, 'one')).toBe(false);
    });

    test('removes a manifest with its tags', async () => {
      const digest = await putImage(bed, repository, ['x', 'y']);
      expect(await registry.deleteManifest(repository, digest)).toBe(true);
      expect(await registry.findDigest(repository, 'x')).toBeUndefined();
      expect(await registry.deleteManifest(repository, digest)).toBe(false);
    });

    test('is asked again while it is out of order', async () => {
      const digest = await putImage(bed, repository, ['again']);
      const path = /manifests\/again/;
      bed.faults.add(
        { path, kind: 'status', status: 503 },
        { path, kind: 'reset' },
        { path, kind: 'status', status: 429, headers: { 'retry-after': '1' } },
      );
      expect(await registry.findDigest(repository, 'again')).toBe(digest);
    });

    test('an outage that lasts is no matter of credentials', async () => {
      bed.faults.add({ path: /manifests\/out/, kind: 'status', status: 502, times: 4 });
      const error = await failure(registry.findManifest(repository, 'out'));
      expect(error.code).toBe('registry-unreachable');
      expect(error.message).toBe(
        `Cannot read ${bed.host}/${repository}:out: ${bed.host} is out of order: status 502`,
      );
    });

    test('a damaged manifest is not taken', async () => {
      const digest = await putImage(bed, repository, ['damaged']);
      const body = JSON.stringify({ schemaVersion: 2 });
      bed.faults.add({ path: /manifests\/sha256/, kind: 'status', status: 200, body });
      const error = await failure(registry.findManifest(repository, digest));
      expect(error.message).toContain(`of ${bed.host}/${repository}@${digest} is damaged`);
    });

    test('is up, busy or down', async () => {
      expect(await registry.ping()).toEqual({ kind: 'up' });
      const path = /^\/v2\/$/;
      const headers = { 'retry-after': '7' };
      bed.faults.add({ path, kind: 'status', status: 503, headers }, { path, kind: 'reset' });
      expect(await registry.ping()).toEqual({ kind: 'busy', retryAfter: 7 });
      expect(await registry.ping()).toMatchObject({ kind: 'down' });
    });
  });

  test('a locked tag is seen, and not removed', async () => {
    const registry = await openAzure(bed);
    const digest = await putImage(bed, 'km/locked', ['held']);
    bed.acr.locked.add('km/locked:held');
    expect(await registry.listTags('km/locked')).toMatchObject([{ name: 'held', locked: true }]);
    const error = await failure(registry.deleteTag('km/locked', 'held'));
    expect(error).toMatchObject({ code: 'registry-failed' });
    expect(error.message).toContain(`Cannot remove ${bed.host}/km/locked:held`);
    expect(bed.storedDigest('km/locked', 'held')).toBe(digest);
  });

  test('too many requests without a time to wait are repeated for Azure, too', async () => {
    const registry = await openAzure(bed);
    await putImage(bed, 'km/busy', ['one']);
    bed.faults.add({ path: /^\/acr\/v1\/km\/busy/, kind: 'status', status: 429, times: 3 });
    expect(await registry.listTags('km/busy')).toHaveLength(1);
  });

  test('a token that ran out is replaced', async () => {
    const registry = await openAzure(bed);
    await putImage(bed, 'km/expired', ['one']);
    expect(await registry.findDigest('km/expired', 'one')).toBeDefined();
    const exchanges = bed.tokens.exchanges;
    bed.tokens.forgetRefreshTokens();
    bed.faults.add({
      path: /manifests\/one/,
      kind: 'status',
      status: 401,
      headers: {
        'www-authenticate': `Bearer realm="https://${bed.host}/oauth2/token",service="${bed.host}"`,
      },
    });
    expect(await registry.findDigest('km/expired', 'one')).toBeDefined();
    expect(bed.tokens.exchanges).toBe(exchanges + 1);
  });

  test('a refresh token that is about to run out is exchanged anew before a push', async () => {
    const registry = await openAzure(bed);
    bed.tokens.refreshLifetime = 9 * 60;
    const first = await registry.credential();
    bed.tokens.refreshLifetime = 3 * 3600;
    const second = await registry.credential();
    expect(second).not.toEqual(first);
    expect(await registry.credential()).toEqual(second);
  });

  test('who may only pull is told so by name', async () => {
    const registry = await openDistribution(bed, READER);
    await putImage(bed, 'km/read', ['one']);
    expect(await registry.findDigest('km/read', 'one')).toBeDefined();
    const error = await failure(registry.deleteTag('km/read', 'one'));
    expect(error.code).toBe('registry-denied');
    expect(error.message).toContain(`user ${READER.username} with the password in BED_PASSWORD`);
    expect(error.message).toContain(`${bed.host}/km/read`);
    expect(error.hint).toContain('BED_PASSWORD');
  });

  test('a token of some repositories works there alone', async () => {
    const registry = await openDistribution(bed, SCOPED);
    const digest = await putImage(bed, 'scoped/km', ['one']);
    await putImage(bed, 'km/scoped', ['one']);
    expect(await registry.findDigest('scoped/km', 'one')).toBe(digest);
    expect((await failure(registry.findDigest('km/scoped', 'one'))).code).toBe('registry-denied');
  });
});

registrySuite('a registry without tokens', () => {
  let folder: string;
  let process: DockerRegistry;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'buildenv-plain-registry-'));
  });
  afterEach(async () => {
    await process.stop();
    rmSync(folder, { recursive: true });
  });

  async function start(options: { allowDelete?: boolean }): Promise<Registry> {
    process = await DockerRegistry.start({ folder, ...options });
    const spec = { name: 'bed', host: `127.0.0.1:${process.port}` };
    const facts = { env: {}, homedir: folder, policy: quick, now: Date.now };
    return openRegistry({ ...spec, auth: { kind: 'docker' } }, facts);
  }

  test('over plain HTTP on the loopback interface', async () => {
    const registry = await start({});
    expect(await registry.login()).toEqual({ identity: 'anonymous', expires: undefined });
    expect(await registry.listTags('km')).toBeUndefined();
  });

  test('one that lets nothing be deleted keeps the tag as it was', async () => {
    const registry = await start({ allowDelete: false });
    const digest = await putImage(registry, 'km', ['kept']);
    const error = await failure(registry.deleteTag('km', 'kept'));
    expect(error.message).toContain(`Cannot remove ${registry.host}/km`);
    expect(error.hint).toContain('does not let images be deleted');
    expect(await registry.findDigest('km', 'kept')).toBe(digest);
  });
});

test('a registry that is not there', async () => {
  const facts = { env: {}, homedir: '/nonexistent', policy: quick, now: Date.now };
  const spec = { name: 'none', host: '127.0.0.1:1', auth: { kind: 'docker' } } as const;
  const registry = await openRegistry(spec, facts);
  const error = await failure(registry.findDigest('km', 'one'));
  expect(error.code).toBe('registry-unreachable');
  expect(error.message).toContain('127.0.0.1:1 does not answer: ');
});
