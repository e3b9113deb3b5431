import { planPublish } from './plan-publish';

const km = {
  name: 'km',
  local: { repository: 'kontain/km', tag: 'fix-a' },
  repository: 'team/km',
};
const usage = (message: string) =>
  expect.objectContaining({
    code: 'usage',
    message: expect.stringContaining(message) as string,
  }) as Error;

test('an image keeps its own tag, first, and gets the others once', () => {
  expect(planPublish([km], ['stable', 'fix-a', 'stable'], false)).toEqual([
    { ...km, tags: ['fix-a', 'stable'] },
  ]);
});

test('latest is moved only by force, whoever names it', () => {
  const latest = { ...km, local: { ...km.local, tag: 'latest' } };
  expect(() => planPublish([km], ['latest'], false)).toThrow(usage("'latest', which is shared"));
  expect(() => planPublish([latest], [], false)).toThrow(usage("'latest', which is shared"));
  expect(planPublish([latest], [], true)).toMatchObject([{ tags: ['latest'] }]);
});

test.each(['a/b', '.a', '', 'x'.repeat(129)])('refuses the tag %j', (tag) => {
  expect(() => planPublish([km], [tag], true)).toThrow(usage('--tag is no image tag'));
});
