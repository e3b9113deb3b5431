import { join } from 'node:path';
import { type Endpoint, parseEndpoint } from '../endpoint';
import type { HostFacts } from './host-facts';
import { variable } from './variable';

/**
 * The engine that `DOCKER_HOST` names, with `DOCKER_TLS_VERIFY` and `DOCKER_CERT_PATH`.
 * @see https://docs.docker.com/reference/cli/docker/#environment-variables
 */
export function fromEnvironment(facts: HostFacts): Endpoint | undefined {
  const host = variable(facts, 'DOCKER_HOST');
  if (host === undefined) return undefined;
  if (variable(facts, 'DOCKER_TLS_VERIFY') === undefined) return parseEndpoint(host);
  const folder = variable(facts, 'DOCKER_CERT_PATH') ?? join(facts.homedir, '.docker');
  return parseEndpoint(host, {
    ca: join(folder, 'ca.pem'),
    cert: join(folder, 'cert.pem'),
    key: join(folder, 'key.pem'),
  });
}
