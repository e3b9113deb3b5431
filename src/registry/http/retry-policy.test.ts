import { backOff } from './retry-policy';

test('delays double and are half random', () => {
  const { attempts, delay } = backOff(() => 0);
  expect([1, 2, 3].map((attempt) => delay(attempt, 'outage'))).toEqual([500, 1000, 2000]);
  expect(backOff(() => 1).delay(3, 'outage')).toBe(4000);
  expect(attempts).toBe(4);
});

test('after too many requests they are longer', () => {
  const { delay } = backOff(() => 1);
  expect([1, 2].map((attempt) => delay(attempt, 'throttled'))).toEqual([10_000, 20_000]);
});

test('what the server asks for is done, up to a minute', () => {
  const { delay } = backOff(() => 1);
  expect(delay(1, 'throttled', 3)).toBe(3000);
  expect(delay(1, 'outage', 3600)).toBe(60_000);
});
