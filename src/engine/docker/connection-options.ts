import { readFileSync } from 'node:fs';
import type { Agent } from 'node:http';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Endpoint } from '../endpoint';
import { SshAgent } from './ssh-agent';

/** How to reach an endpoint, in the terms of Node's http module and of dockerode. */
export interface ConnectionOptions {
  agent?: Agent;
  socketPath?: string;
  servername?: string;
  protocol?: 'http' | 'https';
  host?: string;
  port?: number;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/**
 * Reads the client's certificate where there is one.
 * @throws {BuildenvError} `host` when a file of it cannot be read
 */
export function connectionOptions(endpoint: Endpoint): ConnectionOptions {
  // An empty server name keeps Node from working one out, which takes milliseconds.
  if (endpoint.kind === 'unix') return { socketPath: endpoint.socketPath, servername: '' };
  if (endpoint.kind === 'ssh') {
    return { protocol: 'http', host: 'engine', port: 80, agent: new SshAgent(endpoint.words) };
  }
  const { url, host, port, tls, secure } = endpoint;
  const files =
    tls === undefined
      ? {}
      : { ca: readTls(tls.ca, url), cert: readTls(tls.cert, url), key: readTls(tls.key, url) };
  return { protocol: secure ? 'https' : 'http', host, port, ...files };
}

function readTls(file: string, url: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new BuildenvError('host', `${file} cannot be read, which ${url} needs`, {
      hint: 'Check DOCKER_CERT_PATH, or the docker context.',
      cause,
    });
  }
}
