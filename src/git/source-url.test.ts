import { sourceUrl } from './source-url';

test.each([
  ['https://github.com/kontain/km.git', 'https://github.com/kontain/km'],
  ['https://user:secret@github.com/kontain/km', 'https://github.com/kontain/km'],
  ['http://git.example.org:8080/km/', 'http://git.example.org:8080/km'],
  ['git@github.com:kontain/km.git', 'https://github.com/kontain/km'],
  ['ssh://git@git.example.org:2222/kontain/km.git', 'https://git.example.org/kontain/km'],
  ['https://org@dev.azure.com/org/a%20b/_git/km', 'https://dev.azure.com/org/a%20b/_git/km'],
  ['git@ssh.dev.azure.com:v3/org/project/km', 'https://dev.azure.com/org/project/_git/km'],
])('%s', (remote, url) => {
  expect(sourceUrl(remote)).toBe(url);
});

test.each(['/srv/git/km.git', '../km', 'file:///srv/km', 'C:\\km', ''])(
  'nothing for the path %j',
  (remote) => {
    expect(sourceUrl(remote)).toBeUndefined();
  },
);
