import { branchTag } from './branch-tag';

const commit = '0123456789abcdef0123456789abcdef01234567';
const tagOf = (branch: string | undefined) => branchTag({ branch, commit });

test.each(['main', 'v1.2', 'feature-a', '_x', 'UPPER', 'x'.repeat(128)])(
  '%s is its own tag',
  (branch) => {
    expect(tagOf(branch)).toBe(branch);
  },
);

test.each([
  ['feature/a', /^feature-a-[0-9a-f]{8}$/],
  ['fix #12 & more', /^fix-12-more-[0-9a-f]{8}$/],
  ['x'.repeat(129), /^x{119}-[0-9a-f]{8}$/],
  ['日本語', /^branch-[0-9a-f]{8}$/],
  ['latest', /^latest-[0-9a-f]{8}$/],
  ['local', /^local-[0-9a-f]{8}$/],
  ['git-0123456789ab', /^git-0123456789ab-[0-9a-f]{8}$/],
])('%s is made a tag', (branch, tag) => {
  expect(tagOf(branch)).toMatch(tag);
});

test('no two branches share a tag', () => {
  const long = 'x'.repeat(200);
  const branches = ['feature/a', 'feature-a', 'feature//a', 'feature_a', `${long}1`, `${long}2`];
  const taken = branches.map(tagOf);
  const impostors = taken.map(tagOf);
  expect(new Set([...taken, ...impostors]).size).toBe(new Set([...branches, ...taken]).size);
});

test('every tag is valid and none is latest', () => {
  for (const branch of [
    '-',
    '.',
    '/',
    'latest',
    'a/../b',
    'ä'.repeat(300),
    `-${'y'.repeat(300)}`,
  ]) {
    expect(tagOf(branch)).toMatch(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/);
    expect(tagOf(branch)).not.toBe('latest');
  }
});

test('a detached head is known by its commit, a tree without git as local', () => {
  expect(tagOf(undefined)).toBe('git-0123456789ab');
  expect(branchTag(undefined)).toBe('local');
});
