import { diffListings } from './diff-listings';
import type { ListedEntry } from './list-image';

const file = (more: Partial<ListedEntry> = {}): ListedEntry => {
  return { kind: 'file', mode: 0o644, uid: 0, gid: 0, size: 1, target: '', digest: 'a', ...more };
};

test('what was added, removed and changed, in the order of the paths', () => {
  const before = new Map(
    Object.entries({ '/same': file(), '/gone': file(), '/mode': file(), '/content': file() }),
  );
  const after = new Map(
    Object.entries({
      '/same': file(),
      '/new': file(),
      '/mode': file({ mode: 0o755 }),
      '/content': file({ digest: 'b' }),
    }),
  );
  expect(diffListings(before, after)).toEqual([
    { path: '/content', before: file(), after: file({ digest: 'b' }) },
    { path: '/gone', before: file(), after: undefined },
    { path: '/mode', before: file(), after: file({ mode: 0o755 }) },
    { path: '/new', before: undefined, after: file() },
  ]);
});
