import { mountOf, translatePath } from './translate-path';

const MOUNTS = [
  { source: '/home/me/tree', target: '/work' },
  { source: undefined, target: '/work/tmp' },
  { source: '/srv/cache', target: '/work/tmp/cache' },
];

test.each([
  ['/work', '/home/me/tree'],
  ['/work/a/b', '/home/me/tree/a/b'],
  ['/work/tmp', undefined],
  ['/work/tmp/x', undefined],
  ['/work/tmp/cache/x', '/srv/cache/x'],
  ['/workshop', undefined],
  ['/', undefined],
])('%s is %s on the engine’s machine', (path, there) => {
  expect(translatePath(path, MOUNTS)).toBe(there);
});

test('a mount can be all there is, of the root too', () => {
  expect(translatePath('/a/b', [{ source: '/', target: '/' }])).toBe('/a/b');
  expect(translatePath('/host/a', [{ source: '/', target: '/host' }])).toBe('/a');
  expect(translatePath('/host', [{ source: '/', target: '/host' }])).toBe('/');
  expect(translatePath('/', [{ source: '/srv', target: '/' }])).toBe('/srv');
});

test('of two mounts at one place the later one is seen', () => {
  const mounts = [
    { source: '/under', target: '/a' },
    { source: '/over', target: '/a' },
  ];
  expect(mountOf('/a/b', mounts)).toBe(mounts[1]);
});
