import type { ArchiveEntry } from '../archive/archive-entry';
import { sizeReport } from './size-report';

const file = (path: string, size: number, inode?: string): ArchiveEntry => {
  return { kind: 'file', path, size, inode, source: '/x', mode: 0o644, uid: 0, gid: 0, mtime: 0 };
};

test('folders two levels deep and the largest files, names of one file once', () => {
  const entries = [
    file('top', 5),
    file('usr/bin/a', 10, '1:1'),
    file('usr/bin/b', 10, '1:1'),
    file('usr/lib/deep/down/c', 30),
    file('usr/lib/d', 7),
    file('usr/e', 1),
  ];
  expect(sizeReport(entries)).toEqual({
    folders: [
      { path: '/usr/lib', bytes: 37 },
      { path: '/usr/bin', bytes: 10 },
      { path: '/', bytes: 5 },
      { path: '/usr', bytes: 1 },
    ],
    files: [
      { path: '/usr/lib/deep/down/c', bytes: 30 },
      { path: '/usr/bin/a', bytes: 10 },
      { path: '/usr/lib/d', bytes: 7 },
      { path: '/top', bytes: 5 },
      { path: '/usr/e', bytes: 1 },
    ],
  });
});

test('ten of each at most', () => {
  const many = Array.from({ length: 30 }, (_, index) => file(`d${index}/f`, index));
  const { folders, files } = sizeReport(many);
  expect([folders.length, files.length]).toEqual([10, 10]);
  expect(files[0]).toEqual({ path: '/d29/f', bytes: 29 });
});
