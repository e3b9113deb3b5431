import type { ContainerSummary, ImageSummary } from '../engine/engine';
import { type GcFacts, planGc } from './plan-gc';

const NOW = 1_000_000;
const KEY = 'a'.repeat(32);

const container = (
  name: string,
  state: string,
  age: number,
  more: Partial<ContainerSummary> = {},
): ContainerSummary => ({
  id: name,
  name,
  image: 'x',
  imageId: 'i0',
  state,
  created: NOW - age,
  labels: {},
  volumes: [],
  networks: [],
  ...more,
});
const image = (id: string, ...tags: string[]): ImageSummary => {
  return { id, tags, labels: {}, created: 0, size: 0 };
};
const plan = (facts: Partial<GcFacts>) =>
  planGc({
    containers: [],
    images: [],
    volumes: [],
    networks: [],
    livingOwners: [],
    wantedImages: [],
    caches: [],
    lostCheckouts: [],
    now: NOW,
    ...facts,
  }).map(({ kind, name }) => `${kind} ${name}`);

test('containers that never started or have ended go, unless they are new', () => {
  const containers = [
    container('runs', 'running', 9999),
    container('left', 'created', 61),
    container('ended', 'exited', 61),
    container('starts', 'created', 59),
  ];
  expect(plan({ containers })).toEqual(['container left', 'container ended']);
});

test('content keys go that nothing else names, wants or uses', () => {
  const key = (name: string) => `p/${name}:key-${KEY}`;
  const images = [
    image('i1', key('old')),
    image('i2', key('tagged'), 'p/tagged:latest'),
    image('i3', key('wanted')),
    image('i4', key('used')),
  ];
  const containers = [container('runs', 'running', 1, { imageId: 'i4' })];
  expect(plan({ images, containers, wantedImages: [key('wanted')] })).toEqual([
    `image ${key('old')}`,
  ]);
});

test("a distro's layer goes that no distro was made of, unless it is new", () => {
  const labels = { 'dev.buildenv.kind': 'layer' };
  const images = [
    { ...image('left'), labels, created: NOW - 3601 },
    { ...image('new'), labels, created: NOW - 3599 },
    { ...image('named', 'somebody/uses:it'), labels },
    image('other'),
  ];
  expect(plan({ images })).toEqual(['image left']);
});

test('one that its owner still fills before it starts it stays, ended ones go', () => {
  const labels = { 'dev.buildenv.owner': 'host:7' };
  const containers = [
    container('filled', 'created', 999, { labels }),
    container('ended', 'exited', 999, { labels }),
    container('left', 'created', 999, { labels: { 'dev.buildenv.owner': 'host:8' } }),
  ];
  expect(plan({ containers, livingOwners: ['host:7'] })).toEqual([
    'container ended',
    'container left',
  ]);
});

test('networks go that no living container is in, unless their owner is about to use them', () => {
  const networks = [
    { name: 'served', labels: {} },
    { name: 'left', labels: { 'dev.buildenv.owner': 'host:8' } },
    { name: 'new', labels: { 'dev.buildenv.owner': 'host:7' } },
  ];
  const containers = [
    container('server', 'running', 999, { networks: ['served'] }),
    container('ended', 'exited', 999, { networks: ['left'] }),
  ];
  expect(plan({ networks, containers, livingOwners: ['host:7'] })).toEqual([
    'container ended',
    'network left',
  ]);
});

describe('volumes', () => {
  const volume = (name: string, kind: string, more = {}) => ({
    name: `v-${name}`,
    labels: { 'dev.buildenv.kind': kind, 'dev.buildenv.name': name, ...more },
  });
  const ofCheckout = (name: string, kind: string, checkout: string) =>
    volume(name, kind, { 'dev.buildenv.checkout': checkout });

  test('of caches go that the configuration has no more', () => {
    const volumes = [volume('ccache', 'cache'), volume('gone', 'cache'), volume('other', 'tree')];
    expect(plan({ volumes, caches: ['ccache'] })).toEqual(['volume v-gone']);
  });

  test('of a checkout go with it', () => {
    const volumes = ['tree', 'rpms', 'rpm-cache'].flatMap((kind) => [
      ofCheckout(`old-${kind}`, kind, 'host:/old'),
      ofCheckout(`here-${kind}`, kind, 'host:/here'),
    ]);
    expect(plan({ volumes, lostCheckouts: ['host:/old'] })).toEqual([
      'volume v-old-tree',
      'volume v-old-rpms',
      'volume v-old-rpm-cache',
    ]);
  });

  test('stay while a living container has them', () => {
    const volumes = [volume('gone', 'cache'), ofCheckout('rpms', 'rpms', 'host:/old')];
    const server = container('server', 'running', 999, { volumes: ['v-gone', 'v-rpms'] });
    expect(plan({ volumes, containers: [server], lostCheckouts: ['host:/old'] })).toEqual([]);
  });
});
