import { compareLines } from './compare-lines';

/** Differences as `kind line text`. */
const compare = (expected: string, actual: string) =>
  compareLines(expected, actual).map(({ kind, line, text }) => `${kind} ${line} ${text}`);

test.each([
  ['a\nb\nc\n', 'a\nb\nc\n', []],
  ['a\nb\nc\n', 'a\nc\n', ['missing 2 b']],
  ['a\nc\n', 'a\nb\nc\n', ['added 2 b']],
  ['a\nb\nc\n', 'a\nx\nc\n', ['added 2 x', 'missing 2 b']],
  ['a\n', 'a', ['missing 2 ']],
  ['a\nb\n', '', ['missing 1 a', 'missing 2 b']],
  ['a\nb\na\n', 'a\na\nb\n', ['added 2 a', 'missing 3 a']],
])('%j against %j', (expected, actual, differences) => {
  expect(compare(expected, actual)).toEqual(differences);
});
