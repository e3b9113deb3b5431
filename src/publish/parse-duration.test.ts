import { parseDuration } from './parse-duration';

test.each([
  ['90m', 5_400_000],
  ['12h', 43_200_000],
  ['3d', 259_200_000],
  ['2w', 1_209_600_000],
  ['0d', 0],
])('%s', (text, milliseconds) => {
  expect(parseDuration('--older-than', text)).toBe(milliseconds);
});

test.each(['', '3', 'd', '-3d', '3 d', '1.5h', '3D', '3s', '9999999d'])('refuses %j', (text) => {
  const error = { code: 'usage', message: `--older-than is no duration: '${text}'` };
  expect(() => parseDuration('--older-than', text)).toThrow(
    expect.objectContaining(error) as Error,
  );
});
