import { fromEnvironment } from './from-environment';
import type { HostFacts } from './host-facts';

const facts = (env: HostFacts['env']): HostFacts => ({ env, homedir: '/home/me', uid: 1000 });

test.each([{}, { DOCKER_HOST: '' }, { DOCKER_TLS_VERIFY: '1' }])('%j names no engine', (env) => {
  expect(fromEnvironment(facts(env))).toBeUndefined();
});

test.each([{}, { DOCKER_TLS_VERIFY: '' }, { DOCKER_CERT_PATH: '/certs' }])(
  'DOCKER_HOST with %j is plain',
  (env) => {
    const endpoint = fromEnvironment(facts({ DOCKER_HOST: 'tcp://build-host', ...env }));
    expect(endpoint).toMatchObject({ port: 2375, secure: false, tls: undefined });
  },
);

test.each([
  [{ DOCKER_CERT_PATH: '/certs' }, '/certs'],
  [{ DOCKER_CERT_PATH: '' }, '/home/me/.docker'],
  [{}, '/home/me/.docker'],
])('DOCKER_TLS_VERIFY with %j takes the certificate from %s', (env, folder) => {
  const variables = { DOCKER_HOST: 'tcp://build-host', DOCKER_TLS_VERIFY: '1', ...env };
  expect(fromEnvironment(facts(variables))).toMatchObject({
    port: 2376,
    secure: true,
    tls: { ca: `${folder}/ca.pem`, cert: `${folder}/cert.pem`, key: `${folder}/key.pem` },
  });
});

test('a URL that cannot be used is refused', () => {
  expect(() => fromEnvironment(facts({ DOCKER_HOST: 'fd://3' }))).toThrow(
    "The engine URL 'fd://3' cannot be used",
  );
});
