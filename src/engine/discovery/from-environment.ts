import { join } from 'node:path';
import { type Endpoint, parseEndpoint } from '../endpoint';
import type { HostFacts } from './host-facts';

/**
 * The engine that `DOCKER_HOST` names, with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`.
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables
 */
export function fromEnvironment({ env, homedir }: HostFacts): Endpoint | undefined {
  const host = env['DOCKER_HOST'] ?? '';
  if (host === '') return undefined;
  if ((env['DOCKER_TLS_VERIFY'] ?? '') === '') return parseEndpoint(host);
  const folder = env['DOCKER_CERT_PATH'] ?? join(homedir, '.docker');
  return parseEndpoint(host, {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  });
}
