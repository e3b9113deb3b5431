import { findProxy } from './find-proxy';

const PROXY = 'http://proxy.example:3128';
const find = (env: Record<string, string>, url: string) => findProxy(env, new URL(url));

test.each([
  ['HTTPS_PROXY', { HTTPS_PROXY: PROXY }, PROXY],
  ['small letters', { https_proxy: PROXY }, PROXY],
  ['no scheme', { HTTPS_PROXY: 'proxy.example:3128' }, PROXY],
  ['only HTTP_PROXY', { HTTP_PROXY: PROXY }, undefined],
  ['an empty one', { HTTPS_PROXY: '' }, undefined],
  ['none', {}, undefined],
])('%s', (_name, env, expected) => {
  expect(find(env, 'https://registry.example/v2/')).toBe(expected);
});

test.each(['localhost', '127.0.0.1:5000', '127.8.0.1', '[::1]:5000'])(
  '%s is never reached through a proxy',
  (host) => expect(find({ HTTPS_PROXY: PROXY }, `https://${host}/v2/`)).toBeUndefined(),
);

test.each([
  ['*', 'registry.example'],
  ['registry.example', 'registry.example'],
  ['other.org, EXAMPLE', 'registry.example'],
  ['.example', 'registry.example'],
  ['*.example', 'registry.example'],
  ['registry.example:5000', 'registry.example:5000'],
  ['registry.example:443', 'registry.example'],
  ['10.0.0.1', '10.0.0.1:5000'],
  ['10.0.0.0/8', '10.20.30.40'],
  ['[fd00::1]:5000', '[fd00::1]:5000'],
  ['fd00::1', '[fd00::1]'],
  ['fd00::/8', '[fd00::1]'],
])('NO_PROXY=%s names %s', (exceptions, host) => {
  expect(find({ HTTPS_PROXY: PROXY, NO_PROXY: exceptions }, `https://${host}/`)).toBeUndefined();
  expect(find({ https_proxy: PROXY, no_proxy: exceptions }, `https://${host}/`)).toBeUndefined();
});

test.each([
  ['', 'registry.example'],
  [',', 'registry.example'],
  ['istry.example', 'registry.example'],
  ['.registry.example', 'registry.example'],
  ['registry.example:5000', 'registry.example'],
  ['10.0.0.0/8', '11.0.0.1'],
  ['10.0.0.0/8', 'registry.example'],
  ['10.0.0.0/99', '10.0.0.1'],
  ['fd00::/8', '10.0.0.1'],
  ['0.0.1', '10.0.0.1'],
])('NO_PROXY=%s does not name %s', (exceptions, host) => {
  expect(find({ HTTPS_PROXY: PROXY, NO_PROXY: exceptions }, `https://${host}/`)).toBe(PROXY);
});
