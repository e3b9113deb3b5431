import type { Manifest } from '../../registry/registry';
import { planPush } from './plan-push';

const manifest = (digest: string, config?: string): Manifest => ({
  digest,
  config,
  mediaType: 'any',
  content: Buffer.from(''),
});
const ours = manifest('sha256:m1', 'sha256:image');
const another = manifest('sha256:m2', 'sha256:other');
const index = manifest('sha256:m3');

test.each([
  ['all is there', [ours, ours], { kind: 'none', manifest: ours }],
  ['one tag is missing', [undefined, ours], { kind: 'tag', manifest: ours, tags: ['a'] }],
  ['one tag is of another image', [ours, another], { kind: 'tag', manifest: ours, tags: ['b'] }],
  ['nothing is there', [undefined, undefined], { kind: 'push' }],
  ['other images are there', [another, index], { kind: 'push' }],
])('%s', (_name, [a, b], expected) => {
  const remote = new Map([
    ['a', a],
    ['b', b],
  ]);
  expect(planPush('sha256:image', remote)).toEqual(expected);
});

test("an engine's id may be the digest of the manifest", () => {
  expect(planPush('sha256:m3', new Map([['a', index]])).kind).toBe('none');
});
