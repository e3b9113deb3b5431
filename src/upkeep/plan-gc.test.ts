import type { ContainerSummary, ImageSummary } from '../engine/engine';
import { type GcFacts, planGc } from './plan-gc';

const NOW = 1_000_000;
const KEY = 'a'.repeat(32);

const container = (name: string, state: string, age: number, imageId = 'i0'): ContainerSummary => ({
  id: name,
  name,
  image: 'x',
  imageId,
  state,
  created: NOW - age,
  labels: {},
});
const image = (id: string, ...tags: string[]): ImageSummary => {
  return { id, tags, labels: {}, created: 0, size: 0 };
};
const plan = (facts: Partial<GcFacts>) =>
  planGc({
    containers: [],
    images: [],
    volumes: [],
    wantedImages: [],
    caches: [],
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
  const containers = [container('runs', 'running', 1, 'i4')];
  expect(plan({ images, containers, wantedImages: [key('wanted')] })).toEqual([
    `image ${key('old')}`,
  ]);
});

test('volumes of caches go that the configuration has no more', () => {
  const volume = (name: string, kind: string) => ({
    name: `v-${name}`,
    labels: { 'dev.buildenv.kind': kind, 'dev.buildenv.name': name },
  });
  const volumes = [volume('ccache', 'cache'), volume('gone', 'cache'), volume('other', 'tree')];
  expect(plan({ volumes, caches: ['ccache'] })).toEqual(['volume v-gone']);
});
