import type { RegistryTag } from '../registry/registry';
import { planNamedRemoval, planUnpublish, type UnpublishRules } from './plan-unpublish';

const DAY = 86_400_000;
const NOW = 1_000 * DAY;

/** @param days since it moved; undefined where nobody knows */
const tag = (name: string, days: number | undefined, locked = false): RegistryTag => ({
  name,
  digest: `sha256:${name}`,
  updated: days === undefined ? undefined : new Date(NOW - days * DAY),
  locked,
});

/** `name` of what is removed and `name: reason` of what is kept, in order. */
function decide(tags: readonly RegistryTag[], rules: Partial<UnpublishRules>): string[] {
  return planUnpublish(tags, { protect: [], ...rules }).map(({ tag: name, action, reason }) =>
    action === 'remove' ? name : `${name}: ${reason}`,
  );
}

test('by age: what moved before a time; what has no time stays', () => {
  const tags = [tag('old', 4), tag('new', 2), tag('unknown', undefined)];
  expect(decide(tags, { before: NOW - 3 * DAY })).toEqual([
    'new: too new',
    'old',
    'unknown: of unknown age',
  ]);
});

test('by branch: what no branch and no git tag stands behind, and only what a branch could have made', () => {
  const names = ['main', 'gone', 'fix-a-0123abcd', 'git-0123456789ab', 'local', 'key-0a1b', 'v1.2'];
  const versions = ['2.0.1-rc1', 'v3', 'vendor', 'rel-1'];
  const tags = [...names, ...versions].map((name) => tag(name, 1));
  expect(decide(tags, { alive: new Set(['main', 'rel-1']) })).toEqual([
    '2.0.1-rc1: not of a branch',
    'fix-a-0123abcd',
    'git-0123456789ab: not of a branch',
    'gone',
    'key-0a1b: not of a branch',
    'local: not of a branch',
    'main: its branch is there',
    'rel-1: its branch is there',
    'v1.2: not of a branch',
    'v3: not of a branch',
    'vendor',
  ]);
});

test('by number: all but the newest, among which what is protected does not count', () => {
  const tags = [tag('a', 4), tag('b', 3), tag('c', 2), tag('latest', 1)];
  expect(decide(tags, { keep: 2 })).toEqual([
    "latest: protected by 'latest'",
    'c: among the newest 2',
    'b: among the newest 2',
    'a',
  ]);
});

test('conditions that are given together must all hold', () => {
  const tags = [tag('main', 9), tag('gone', 9), tag('gone-young', 1), tag('gone-newest', 0)];
  const rules = { before: NOW - 3 * DAY, alive: new Set(['main']), keep: 1 };
  expect(decide(tags, rules)).toEqual([
    'gone-newest: among the newest 1',
    'gone-young: too new',
    'gone',
    'main: its branch is there',
  ]);
  expect(planUnpublish([tag('gone', 9)], { ...rules, keep: 0, protect: [] })).toEqual([
    {
      tag: 'gone',
      digest: 'sha256:gone',
      action: 'remove',
      reason: 'old enough, its branch is gone, not among the newest 0',
    },
  ]);
});

test('latest, locked tags and those of a pattern are never removed', () => {
  const tags = [tag('latest', 9), tag('held', 9, true), tag('rel-1.0', 9), tag('relx1', 9)];
  expect(decide(tags, { before: NOW, protect: ['rel-?.*', 'x'] })).toEqual([
    'held: locked in the registry',
    "latest: protected by 'latest'",
    "rel-1.0: protected by 'rel-?.*'",
    'relx1',
  ]);
});

test('a tag that is named is removed, not there, or protected', () => {
  expect(planNamedRemoval('a', 'sha256:a', [])).toMatchObject({ tag: 'a', action: 'remove' });
  expect(planNamedRemoval('a', undefined, [])).toMatchObject({ tag: 'a', action: 'missing' });
  for (const name of ['latest', 'rel-1']) {
    expect(() => planNamedRemoval(name, 'sha256:a', ['rel-*'])).toThrow(
      expect.objectContaining({ code: 'usage' }) as Error,
    );
  }
});
