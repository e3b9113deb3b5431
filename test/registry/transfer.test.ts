import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packEntries } from '../../src/archive/pack-entries';
import type { DockerEngine } from '../../src/engine/docker/docker-engine';
import { BuildenvError } from '../../src/errors/buildenv-error';
import {
  type PushedImage,
  pushImage,
  type TransferOptions,
} from '../../src/image/transfer/push-image';
import { pullImage } from '../../src/image/transfer/pull-image';
import type { Registry } from '../../src/registry/registry';
import { findEngine } from '../engine/find-engine';
import { engineSuite } from '../engine/engine-suite';
import { openAzure, openDistribution, quick } from './bed/open-bed';
import { ADMIN, READER, RegistryBed } from './bed/registry-bed';
import type { Fault } from './bed/faults';
import { failure } from './failure';
import { registrySuite } from './registry-suite';

const PATCH = { method: 'PATCH', path: /blobs\/uploads/ };
const START = { method: 'POST', path: /blobs\/uploads/ };
const MANIFEST = { method: 'PUT', path: /manifests/ };
const TOKEN = { method: 'GET', path: /^\/oauth2\/token/ };
const PING = { path: /^\/v2\/$/ };
const JSON_429 = '{"errors":[{"code":"TOOMANYREQUESTS","message":"too many requests"}]}';
const HTML_429 = '<html>Too many requests</html>';

type Faults = readonly Fault[];

/** More of them take some 3 s each. */
const PUSHES = Number(process.env['TEST_PUSHES'] ?? 10);
const AT_ONCE = 5;
const SEED = 4;

/** Numbers from 0 to 1 that are the same in each run: a linear congruential generator. */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}

/** Up to three faults of one repository, fewer than the attempts that a push has. */
function randomFaults(random: () => number, repository: string): Fault[] {
  const kinds = [
    { kind: 'reset' },
    ...[500, 502, 503].map((status) => ({ kind: 'status', status }) as const),
    { kind: 'status', status: 429, body: JSON_429 },
  ] as const;
  const requests = [
    ['POST', 'blobs/uploads'],
    ['PATCH', 'blobs/uploads'],
    ['PUT', 'manifests'],
    ['GET', 'manifests'],
    ['HEAD', 'blobs'],
  ] as const;
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: Math.floor(random() * 4) }, () => {
    const [method, path] = pick(requests);
    return { method, path: new RegExp(`${repository}/${path}`), ...pick(kinds) };
  });
}

registrySuite('a push or a pull', () =>
  engineSuite('by the engine', () => {
    const namespace = `bt-${randomUUID().slice(0, 8)}`;
    let bed: RegistryBed;
    let engine: DockerEngine;
    let registry: Registry;
    let folder: string;
    let notices: string[];

    beforeAll(async () => {
      bed = await RegistryBed.start();
      engine = await findEngine();
      folder = mkdtempSync(join(tmpdir(), 'buildenv-transfer-'));
    });
    afterAll(async () => {
      await bed.stop();
      rmSync(folder, { recursive: true });
      const left = await engine.images.listImages([`dev.buildenv.test=${namespace}`]);
      // An image that was pushed under an alias of somebody else's keeps its digest in that repository.
      const names = left.flatMap(({ id, tags }) => (tags.length > 0 ? tags : [id]));
      for (const name of names) await engine.images.removeImage(name);
      expect(await engine.images.listImages([`dev.buildenv.test=${namespace}`])).toEqual([]);
    });
    beforeEach(async () => {
      registry = await openDistribution(bed, ADMIN);
      notices = [];
    });
    afterEach(() => bed.faults.clear());

    const options = (more: Partial<TransferOptions> = {}): TransferOptions => ({
      policy: quick,
      signal: new AbortController().signal,
      onEvent: (event) => {
        if (event.kind === 'retry') notices.push(event.text);
      },
      ...more,
    });

    /** An image of one layer that no other image has. */
    async function newImage(size = 200_000): Promise<{ id: string; local: string }> {
      const tag = randomUUID().slice(0, 8);
      const content = randomBytes(size);
      const metadata = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
      const layer = packEntries([{ ...metadata, kind: 'buffer', path: 'data', content }]);
      const changes = [`LABEL dev.buildenv.test=${namespace}`];
      const id = await engine.images.importImage({ repository: namespace, tag, changes }, layer);
      return { id, local: `${namespace}:${tag}` };
    }

    const push = (id: string, tags = ['v1'], more: Partial<TransferOptions> = {}) =>
      pushImage(
        engine.images,
        registry,
        { id, repository: `km/${namespace}`, tags },
        options(more),
      );

    async function expectPushed(id: string, { digest }: PushedImage, tags: readonly string[]) {
      for (const tag of tags) expect(bed.storedDigest(`km/${namespace}`, tag)).toBe(digest);
      const manifest = await registry.findManifest(`km/${namespace}`, digest);
      expect(manifest?.config).toBe(id);
      const aliases = (await engine.images.inspectImage(id))?.tags ?? [];
      expect(aliases.filter((one) => one.startsWith(bed.host))).toEqual([]);
    }

    test('puts an image under all its tags, and does nothing again', async () => {
      const { id, local } = await newImage();
      const pushed = await push(id, ['v1', 'key-1']);
      expect(pushed.action).toBe('push');
      await expectPushed(id, pushed, ['v1', 'key-1']);
      const requests = bed.seen.length;
      expect(await push(id, ['v1', 'key-1'])).toEqual({ ...pushed, action: 'none' });
      expect(bed.seen.slice(requests).filter(({ method }) => method !== 'GET')).toEqual([]);
      expect(await push(id, ['v2', 'key-1'])).toEqual({ ...pushed, action: 'tag' });
      await expectPushed(id, pushed, ['v2']);
      await engine.images.removeImage(local);
    });

    test('gives an alias that was there before back to its image', async () => {
      const [mine, other] = [await newImage(), await newImage()];
      const alias = { repository: `${bed.host}/km/${namespace}`, tag: 'taken' };
      await engine.images.tagImage(other.id, alias.repository, alias.tag);
      await push(mine.id, ['taken']);
      const after = await engine.images.inspectImage(`${alias.repository}:taken`);
      expect(after?.id).toBe(other.id);
      await engine.images.removeImage(`${alias.repository}:taken`);
      for (const { local } of [mine, other]) await engine.images.removeImage(local);
    });

    /** What plain `docker push` makes of each is in docs/registries.md. */
    const recovers: Record<string, Faults> = {
      'a reset in the middle of a layer': [{ ...PATCH, kind: 'reset', after: 100_000 }],
      'a reset before a layer': [{ ...PATCH, kind: 'reset' }],
      'status 503 for a layer': [{ ...PATCH, kind: 'status', status: 503 }],
      'status 503 for the start of an upload': [{ ...START, kind: 'status', status: 503 }],
      'status 404 for the end of an upload': [
        { method: 'PUT', path: /blobs\/uploads/, kind: 'status', status: 404 },
      ],
      'status 503 for a token': [{ ...TOKEN, kind: 'status', status: 503 }],
      'a reset for a token': [{ ...TOKEN, kind: 'reset' }],
      '429 in JSON for the start of an upload': [
        { ...START, kind: 'status', status: 429, body: JSON_429 },
      ],
      '429 in HTML for the start of an upload': [
        { ...START, kind: 'status', status: 429, body: HTML_429 },
      ],
      '429 for the manifest': [{ ...MANIFEST, kind: 'status', status: 429, body: JSON_429 }],
      '401 in the middle': [{ ...START, kind: 'status', status: 401, body: '{}' }],
      'status 500 for the manifest': [{ ...MANIFEST, kind: 'status', status: 500 }],
      'status 503 for the manifest': [{ ...MANIFEST, kind: 'status', status: 503 }],
      'a reset for the manifest': [{ ...MANIFEST, kind: 'reset' }],
      'several of them': [
        { ...START, kind: 'status', status: 429, body: JSON_429 },
        { ...MANIFEST, kind: 'status', status: 502 },
        { ...MANIFEST, kind: 'reset' },
      ],
    };
    test.each(Object.entries(recovers))('recovers from %s', async (_name, faults) => {
      const { id, local } = await newImage();
      bed.faults.add(...faults);
      const pushed = await push(id);
      expect(bed.faults.left).toBe(0);
      await expectPushed(id, pushed, ['v1']);
      await engine.images.removeImage(local);
    });

    /** The tool itself asks first; the engine's own first request is to meet the fault. */
    const firstOfEngine = (fault: Fault): Fault => ({
      path: /^\/v2\/km\/.*manifests/,
      kind: 'hook',
      action: () => bed.faults.add(fault),
    });

    test.each<[string, Fault]>([
      ['status 503', { ...PING, kind: 'status', status: 503 }],
      ['a reset', { ...PING, kind: 'reset' }],
    ])("recovers from %s for the engine's first question", async (_name, fault) => {
      const { id, local } = await newImage();
      await registry.credential();
      bed.faults.add(firstOfEngine(fault));
      const pushed = await push(id);
      expect(bed.faults.left).toBe(0);
      await expectPushed(id, pushed, ['v1']);
      expect(notices.length).toBeGreaterThan(0);
      await engine.images.removeImage(local);
    });

    test.each<NodeJS.Signals>(['SIGKILL', 'SIGTERM'])(
      'recovers from a registry that %s ends in the middle of a layer',
      async (signal) => {
        const { id, local } = await newImage();
        bed.faults.add({
          ...PATCH,
          kind: 'hook',
          after: 100_000,
          action: () => bed.restart(signal),
        });
        const pushed = await push(id);
        await expectPushed(id, pushed, ['v1']);
        await engine.images.removeImage(local);
      },
    );

    test('recovers from five resets of a layer, where the engine gives up after 50 s', async () => {
      const { id, local } = await newImage();
      bed.faults.add({ ...PATCH, kind: 'reset', after: 100_000, times: 5 });
      const pushed = await push(id);
      expect(bed.faults.left).toBe(0);
      expect(notices).toHaveLength(1);
      await expectPushed(id, pushed, ['v1']);
      await engine.images.removeImage(local);
    }, 120_000);

    test('an outage that lasts is said to be one', async () => {
      const { id, local } = await newImage(1000);
      bed.faults.add({ ...MANIFEST, kind: 'status', status: 503, times: 4 });
      const error = await failure(push(id));
      expect(error.code).toBe('registry-unreachable');
      expect(error.message).toContain(
        `Cannot push ${bed.host}/km/${namespace}:v1: ${bed.host} is out`,
      );
      expect(error.hint).toContain('the credentials are not the reason');
      expect(notices).toHaveLength(3);
      await engine.images.removeImage(local);
    });

    test('what is denied is final, and names registry, repository and remedy', async () => {
      registry = await openDistribution(bed, READER);
      const { id, local } = await newImage(1000);
      const error = await failure(push(id));
      expect(error.code).toBe('registry-denied');
      expect(error.message).toContain(`Cannot push ${bed.host}/km/${namespace}:v1`);
      expect(error.message).toContain(`user ${READER.username}`);
      expect(error.hint).toContain('BED_PASSWORD');
      await engine.images.removeImage(local);
    });

    test('a token that the registry forgot is exchanged again, once', async () => {
      registry = await openAzure(bed);
      await registry.credential();
      const { id, local } = await newImage();
      const { exchanges } = bed.tokens;
      bed.faults.add({
        path: /^\/v2\/km\/.*manifests/,
        kind: 'hook',
        action: () => bed.tokens.forgetRefreshTokens(),
      });
      const pushed = await push(id);
      await expectPushed(id, pushed, ['v1']);
      expect(bed.tokens.exchanges).toBe(exchanges + 1);
      await engine.images.removeImage(local);
    });

    test('an interruption ends the upload', async () => {
      const { id, local } = await newImage();
      const interruption = new AbortController();
      const reason = new BuildenvError('interrupted', 'by the test');
      let resume: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (resume = resolve));
      bed.faults.add({
        ...PATCH,
        kind: 'hook',
        after: 1,
        action: () => {
          interruption.abort(reason);
          return held;
        },
      });
      await expect(push(id, ['stopped'], { signal: interruption.signal })).rejects.toBe(reason);
      resume();
      expect(bed.storedDigest(`km/${namespace}`, 'stopped')).toBeUndefined();
      const { tags = [] } = (await engine.images.inspectImage(id)) ?? {};
      expect(tags).toEqual([local]);
      await engine.images.removeImage(local);
    });

    test(`loses nothing in ${PUSHES} pushes with random faults`, async () => {
      const random = seededRandom(SEED);
      const repository = (index: number) => `random/${namespace}/n${index}`;
      const one = async (index: number) => {
        const { id, local } = await newImage(20_000);
        bed.faults.add(...randomFaults(random, repository(index)));
        const target = { id, repository: repository(index), tags: ['v1', 'key'] };
        const { digest } = await pushImage(engine.images, registry, target, options());
        for (const tag of target.tags) {
          expect(bed.storedDigest(target.repository, tag)).toBe(digest);
        }
        expect((await registry.findManifest(target.repository, digest))?.config).toBe(id);
        await engine.images.removeImage(local);
        const { layers = [] } = JSON.parse(
          (await registry.findManifest(target.repository, 'v1'))?.content.toString() ?? '{}',
        ) as { layers?: object[] };
        expect(layers).toHaveLength(1);
      };
      for (let begin = 0; begin < PUSHES; begin += AT_ONCE) {
        const indices = Array.from(
          { length: Math.min(AT_ONCE, PUSHES - begin) },
          (_, n) => begin + n,
        );
        await Promise.all(indices.map(one));
      }
    }, 600_000);

    describe('a pull', () => {
      const pulls: Record<string, Faults> = {
        nothing: [],
        'a layer that is cut short': [{ path: /blobs\/sha256/, kind: 'truncate', after: 10 }],
        'status 503 for a blob': [{ path: /blobs\/sha256/, kind: 'status', status: 503 }],
        '429 for the manifest': [
          { method: 'GET', path: /manifests\/sha256/, kind: 'status', status: 429, body: JSON_429 },
          { method: 'HEAD', path: /manifests\/sha256/, kind: 'status', status: 429 },
        ],
        'a slow answer': [{ path: /blobs\/sha256/, kind: 'slow', delay: 300 }],
      };
      test.each(Object.entries(pulls))('survives %s', async (_name, faults) => {
        const { id, local } = await newImage();
        await push(id, ['pulled']);
        await engine.images.removeImage(local);
        expect(await engine.images.inspectImage(id)).toBeUndefined();
        const repository = `km/${namespace}`;
        const manifest = await registry.findManifest(repository, 'pulled');
        if (manifest === undefined) throw new Error('It is not there.');
        bed.faults.add(...faults);
        const use = (pulled: string) => engine.images.tagImage(pulled, namespace, 'again');
        const pull = () => pullImage(engine.images, registry, repository, manifest, use, options());
        expect(await pull()).toEqual({ id, pulled: true });
        expect((await engine.images.inspectImage(id))?.tags).toEqual([`${namespace}:again`]);
        expect(await pull()).toEqual({ id, pulled: false });
        await engine.images.removeImage(`${namespace}:again`);
      });
    });
  }),
);
