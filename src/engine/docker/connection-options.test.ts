import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEndpoint } from '../endpoint';
import { connectionOptions } from './connection-options';

test('a socket needs its path, and no name of a server', () => {
  expect(connectionOptions(parseEndpoint('unix:///run/docker.sock'))).toEqual({
    socketPath: '/run/docker.sock',
    servername: '',
  });
});

test('plain and secure connections without a certificate of the client', () => {
  expect(connectionOptions(parseEndpoint('tcp://[fd00::1]:99'))).toEqual({
    protocol: 'http',
    host: 'fd00::1',
    port: 99,
  });
  expect(connectionOptions(parseEndpoint('https://build-host'))).toMatchObject({
    protocol: 'https',
    port: 2376,
  });
});

describe('with TLS files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'connection-options-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const endpoint = () =>
    parseEndpoint('tcp://build-host', {
      ca: join(folder, 'ca.pem'),
      cert: join(folder, 'cert.pem'),
      key: join(folder, 'key.pem'),
    });

  test('their contents are read', () => {
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, `${name}.pem`), name);
    expect(connectionOptions(endpoint())).toEqual({
      protocol: 'https',
      host: 'build-host',
      port: 2376,
      ca: Buffer.from('ca'),
      cert: Buffer.from('cert'),
      key: Buffer.from('key'),
    });
  });

  test('one that is missing is an error that names it', () => {
    writeFileSync(join(folder, 'ca.pem'), 'ca');
    expect(() => connectionOptions(endpoint())).toThrow(
      expect.objectContaining({
        code: 'host',
        message: `${folder}/cert.pem cannot be read, which tcp://build-host needs`,
        hint: 'Check DOCKER_CERT_PATH, or the docker context.',
      }) as Error,
    );
  });
});
