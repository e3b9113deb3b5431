import { readFileSync } from 'node:fs';
import type { Endpoint } from '../endpoint';

/** How to reach an endpoint, in the terms of Node's http module and of dockerode. */
export interface ConnectionOptions {
  socketPath?: string;
  servername?: string;
  protocol?: 'http' | 'https';
  host?: string;
  port?: number;
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
}

/** Reads the client's certificate where there is one. */
export function connectionOptions(endpoint: Endpoint): ConnectionOptions {
  // An empty server name keeps Node from working one out, which takes milliseconds and a socket has none.
  if (endpoint.kind === 'unix') return { socketPath: endpoint.socketPath, servername: '' };
  const { host, port, tls, secure } = endpoint;
  const files =
    tls === undefined
      ? {}
      : { ca: readFileSync(tls.ca), cert: readFileSync(tls.cert), key: readFileSync(tls.key) };
  return { protocol: secure ? 'https' : 'http', host, port, ...files };
}
