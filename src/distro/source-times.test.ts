import { sourceTimes } from './source-times';

test('SOURCE_DATE_EPOCH comes first, then the commit for the image alone, then 1970', () => {
  const both = (time: number) => ({ image: time, files: time });
  expect(sourceTimes('1700000000', 1_600_000_000)).toEqual(both(1_700_000_000));
  expect(sourceTimes('0', 1_600_000_000)).toEqual(both(0));
  expect(sourceTimes('', 1_600_000_000)).toEqual({ image: 1_600_000_000, files: 0 });
  expect(sourceTimes(undefined, 1_600_000_000)).toEqual({ image: 1_600_000_000, files: 0 });
  expect(sourceTimes(undefined, undefined)).toEqual(both(0));
});

test.each(['yesterday', '-1', '1.5', '1e9', ' 1', '9'.repeat(20)])('%s is refused', (epoch) => {
  expect(() => sourceTimes(epoch, 0)).toThrow(`SOURCE_DATE_EPOCH is '${epoch}'`);
});
