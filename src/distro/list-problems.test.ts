import { listProblems } from './list-problems';

test('one problem is one line', () => {
  expect(listProblems('Distro km', ['a is not there'])).toBe('Distro km: a is not there');
});

test('several have a line each, very many are cut', () => {
  expect(listProblems('Distro km', ['a', 'b'])).toBe('Distro km: 2 problems\n  a\n  b');
  const many = Array.from({ length: 100 }, (_, index) => String(index));
  const lines = listProblems('Distro km', many).split('\n');
  expect(lines).toHaveLength(22);
  expect(lines.at(-1)).toBe('  and 80 more');
});
