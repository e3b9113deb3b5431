import { BuildenvError } from '../errors/buildenv-error';
import { parseEndpoint } from './endpoint';

const tls = { ca: '/c/ca.pem', cert: '/c/cert.pem', key: '/c/key.pem' };
const tcp = { kind: 'tcp', tls: undefined, secure: false };

test.each([
  ['unix:///var/run/docker.sock', { kind: 'unix', socketPath: '/var/run/docker.sock' }],
  ['unix:///path with space/s', { kind: 'unix', socketPath: '/path with space/s' }],
  ['tcp://build-host:1234', { ...tcp, host: 'build-host', port: 1234 }],
  ['tcp://build-host', { ...tcp, host: 'build-host', port: 2375 }],
  ['tcp://10.0.0.1:2375/', { ...tcp, host: '10.0.0.1', port: 2375 }],
  ['tcp://[fd00::1]:2375', { ...tcp, host: 'fd00::1', port: 2375 }],
  ['http://build-host', { ...tcp, host: 'build-host', port: 2375 }],
  ['https://build-host', { ...tcp, host: 'build-host', port: 2376, secure: true }],
])('%s is understood', (url, expected) => {
  expect(parseEndpoint(url)).toEqual({ url, ...expected });
});

test('with TLS files a tcp URL is secure, and its default port is the one of TLS', () => {
  expect(parseEndpoint('tcp://build-host', tls)).toEqual({
    kind: 'tcp',
    url: 'tcp://build-host',
    host: 'build-host',
    port: 2376,
    secure: true,
    tls,
  });
});

test.each([
  ['ssh://host', ['--', 'host']],
  ['ssh://me@host:2222', ['-l', 'me', '-p', '2222', '--', 'host']],
  ['ssh://[::1]/', ['--', '::1']],
])('%s is reached by ssh', (url, words) => {
  expect(parseEndpoint(url)).toEqual({ kind: 'ssh', url, words });
});

test.each([
  '',
  'unix://',
  'docker.sock',
  '/var/run/docker.sock',
  'ssh://',
  'ssh://-oProxyCommand=x',
  'ssh://-x@host',
  'ssh://a b@host c:x',
  'tcp://',
  'tcp://h:x',
])('%j is refused with the forms that work', (url) => {
  const refusal = expect.objectContaining({
    code: 'usage',
    message: `The engine URL '${url}' cannot be used`,
    hint: 'Use unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.',
  }) as BuildenvError;
  expect(() => parseEndpoint(url)).toThrow(refusal);
});
