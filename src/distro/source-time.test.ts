import { sourceTime } from './source-time';

test('SOURCE_DATE_EPOCH comes first, then the commit, then 1970', () => {
  expect(sourceTime('1700000000', 1_600_000_000)).toBe(1_700_000_000);
  expect(sourceTime('0', 1_600_000_000)).toBe(0);
  expect(sourceTime('', 1_600_000_000)).toBe(1_600_000_000);
  expect(sourceTime(undefined, 1_600_000_000)).toBe(1_600_000_000);
  expect(sourceTime(undefined, undefined)).toBe(0);
});

test.each(['yesterday', '-1', '1.5', '1e9', ' 1', '9'.repeat(20)])('%s is refused', (epoch) => {
  expect(() => sourceTime(epoch, 0)).toThrow(`SOURCE_DATE_EPOCH is '${epoch}'`);
});
