import type { BuildRequest, ImageStore } from '../engine/engine';
import { BuildFailedError } from '../errors/build-failed-error';
import { applyImages, type ImageEvent } from './apply-images';
import type { DockerfileImageSpec } from './image-spec';
import type { ImageStep } from './plan-images';

const options = { project: 'km', noCache: false, buildkit: true };
const identity = (name: string) => ({
  name,
  key: `${name}-key`,
  reference: { repository: `ns/${name}`, tag: 'latest' },
  keyReference: { repository: `ns/${name}`, tag: `key-${name}-key` },
});

function build(name: string, needs: string[] = [], target?: string): ImageStep {
  const spec: DockerfileImageSpec = {
    kind: 'dockerfile',
    name,
    dockerfile: '/Dockerfile',
    needs,
    args: {},
    target,
  };
  const context = { dockerfile: 'FROM scratch\n', entries: [] };
  return { ...identity(name), action: 'build', spec, context, args: { A: name } };
}

/** An engine whose builds end when the test says so. */
class StubImages {
  readonly begun: string[] = [];
  readonly requests: BuildRequest[] = [];
  readonly tagged: string[] = [];
  private readonly ends = new Map<string, (error?: Error) => void>();

  readonly store = {
    buildImage: (request: BuildRequest) =>
      new Promise<string>((resolve, reject) => {
        const name = request.labels['dev.buildenv.name'] ?? '';
        this.begun.push(name);
        this.requests.push(request);
        this.ends.set(name, (error) => (error ? reject(error) : resolve(`${name}-id`)));
      }),
    tagImage: (id: string, repository: string, tag: string) => {
      this.tagged.push(`${id} ${repository}:${tag}`);
      return Promise.resolve();
    },
  } as unknown as ImageStore;

  /** Ends a build and lets all that waits for it go on. */
  async end(name: string, error?: Error): Promise<void> {
    this.ends.get(name)?.(error);
    await turn();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

const { signal } = new AbortController();
const credentialFor = () => Promise.resolve({ kind: 'anonymous' } as const);

function apply(images: StubImages, steps: readonly ImageStep[]) {
  const events: [string, ImageEvent['kind']][] = [];
  const done = applyImages(
    images.store,
    steps,
    { ...options, signal, credentialFor },
    (name, { kind }) => {
      events.push([name, kind]);
    },
  );
  done.catch(() => undefined);
  return { done, events };
}

test('independent images are built at the same time, dependent ones after what they need', async () => {
  const images = new StubImages();
  const { done, events } = apply(images, [
    build('a'),
    build('b'),
    build('c', ['a']),
    build('d', ['b', 'c']),
  ]);
  await turn();
  expect(images.begun).toEqual(['a', 'b']);
  await images.end('a');
  expect(images.begun).toEqual(['a', 'b', 'c']);
  await images.end('c');
  expect(images.begun).toEqual(['a', 'b', 'c']);
  await images.end('b');
  expect(images.begun).toEqual(['a', 'b', 'c', 'd']);
  await images.end('d');
  expect([...(await done)]).toEqual(['a', 'b', 'c', 'd'].map((name) => [name, `${name}-id`]));
  expect(events.slice(0, 3)).toEqual([
    ['a', 'begin'],
    ['b', 'begin'],
    ['a', 'end'],
  ]);
});

test('after a failure independent images are finished, those that need it are left', async () => {
  const images = new StubImages();
  const { done, events } = apply(images, [
    build('a'),
    build('b'),
    build('c', ['a']),
    build('d', ['b']),
  ]);
  const failure = new BuildFailedError('a', 'RUN false', 'status 1', '');
  await turn();
  await images.end('a', failure);
  await images.end('b');
  expect(images.begun).toEqual(['a', 'b', 'd']);
  let settled = false;
  void done.catch(() => (settled = true));
  await turn();
  expect(settled).toBe(false);
  await images.end('d');
  await expect(done).rejects.toBe(failure);
  expect(events).toContainEqual(['d', 'end']);
  expect(events.filter(([name]) => name === 'c')).toEqual([]);
});

test('a build gets both tags, the labels, its arguments and the target', async () => {
  const images = new StubImages();
  const { done } = apply(images, [build('tools', [], 'stage')]);
  await turn();
  await images.end('tools');
  await done;
  expect(images.requests).toEqual([
    {
      tags: ['ns/tools:latest', 'ns/tools:key-tools-key'],
      dockerfile: '.buildenv.Dockerfile',
      args: { A: 'tools' },
      labels: {
        'dev.buildenv.project': 'km',
        'dev.buildenv.kind': 'image',
        'dev.buildenv.name': 'tools',
        'dev.buildenv.key': 'tools-key',
      },
      target: 'stage',
      noCache: false,
      buildkit: true,
      network: 'host',
    },
  ]);
  expect(images.tagged).toEqual([]);
});

test('an image under its key gets the tag; one that is there is left alone', async () => {
  const images = new StubImages();
  const { done, events } = apply(images, [
    { ...identity('a'), action: 'none', id: 'a-id' },
    { ...identity('b'), action: 'retag', id: 'b-id' },
  ]);
  expect(Object.fromEntries(await done)).toEqual({ a: 'a-id', b: 'b-id' });
  expect(images.tagged).toEqual(['b-id ns/b:latest', 'b-id ns/b:key-b-key']);
  expect(events).toEqual([
    ['b', 'begin'],
    ['b', 'end'],
  ]);
});
