import type { ImageSpec } from './image-spec';
import { formatLock, lockDrift, lockedReferences, upstreamReference } from './lock';

const lock = (entries: Record<string, string>) => new Map(Object.entries(entries));

test('a lock is written sorted', () => {
  expect(formatLock(lock({ 'b:1': 'sha256:b', 'a:1': 'sha256:a' }))).toBe(
    '{\n  "version": 1,\n  "bases": {\n    "a:1": "sha256:a",\n    "b:1": "sha256:b"\n  }\n}\n',
  );
});

test('it is of upstream images without a digest, each once', () => {
  const base = (from?: string): ImageSpec => ({ kind: 'base', name: 'any', from });
  const images = [base('b:1'), base(), base('a:1'), base('b:1'), base('c@sha256:1')];
  expect(lockedReferences(images)).toEqual(['a:1', 'b:1']);
});

test('drift names what moved, what is missing and what is too much', () => {
  const wanted = lock({ same: '1', moved: '2', missing: '3' });
  expect(lockDrift(lock({ same: '1', moved: '1', gone: '1' }), wanted)).toEqual([
    'moved is 2, and pinned to 1',
    'missing is 3, and pinned nowhere',
    'gone is pinned, and nothing uses it',
  ]);
});

test.each([
  ['debian:12', 'sha256:1', 'debian@sha256:1'],
  ['h:5000/a/b:1', 'sha256:1', 'h:5000/a/b@sha256:1'],
  ['h:5000/a/b', 'sha256:1', 'h:5000/a/b@sha256:1'],
  ['debian:12', undefined, 'debian:12'],
])('%s pinned to %s is %s', (from, pinned, expected) => {
  expect(upstreamReference({ kind: 'base', name: 'any', from, pinned })).toBe(expected);
});
