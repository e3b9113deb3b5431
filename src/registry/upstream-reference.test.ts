import { parseUpstream } from './upstream-reference';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['debian', 'docker.io', 'library/debian', 'latest'],
  ['debian:bookworm-slim', 'docker.io', 'library/debian', 'bookworm-slim'],
  ['kontain/km:1', 'docker.io', 'kontain/km', '1'],
  ['docker.io/debian:12', 'docker.io', 'library/debian', '12'],
  ['localhost/km', 'localhost', 'km', 'latest'],
  ['h:5000/a/b:1', 'h:5000', 'a/b', '1'],
  [`ghcr.io/a/b:1@${digest}`, 'ghcr.io', 'a/b', digest],
  [`debian@${digest}`, 'docker.io', 'library/debian', digest],
])('%s', (reference, host, repository, version) => {
  expect(parseUpstream(reference)).toEqual({ host, repository, version });
});
