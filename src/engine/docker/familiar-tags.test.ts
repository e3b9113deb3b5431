import { familiarTags } from './familiar-tags';

test('hosts that Podman adds are left out', () => {
  const tags = [
    'docker.io/library/tool:1',
    'docker.io/km/tool:1',
    'localhost/km/tool:2',
    'x.io/a:1',
  ];
  expect(familiarTags(tags, true)).toEqual(['tool:1', 'km/tool:1', 'km/tool:2', 'x.io/a:1']);
});

test("Docker's references are as they are", () => {
  expect(familiarTags(['localhost/a:1', '<none>:<none>'], false)).toEqual(['localhost/a:1']);
  expect(familiarTags(null, false)).toEqual([]);
});
