import { formatTable } from './format-table';

test('columns are as wide as their widest cell, without blanks at the ends', () => {
  expect(
    formatTable(
      ['IMAGE', 'ID'],
      [
        ['a-long-name', '1'],
        ['b', ''],
      ],
    ),
  ).toBe('IMAGE        ID\na-long-name  1\nb');
});

test('a table without rows is its head', () => {
  expect(formatTable(['IMAGE', 'ID'], [])).toBe('IMAGE  ID');
});
