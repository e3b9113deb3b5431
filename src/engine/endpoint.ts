import { BuildenvError } from '../errors/buildenv-error';

/** Where an engine's API answers. */
export type Endpoint =
  | { kind: 'unix'; url: string; socketPath: string }
  | {
      kind: 'tcp';
      url: string;
      host: string;
      port: number;
      secure: boolean;
      tls: TlsFiles | undefined;
    };

/** Paths of the client's TLS files, as in `DOCKER_CERT_PATH`. */
export interface TlsFiles {
  ca: string;
  cert: string;
  key: string;
}

const DEFAULT_PORT = { plain: 2375, tls: 2376 };

/**
 * Reads an engine URL, `unix:///var/run/docker.sock` or `tcp://host:2375`.
 * @param tls the client's certificate where the engine wants one
 * @throws {BuildenvError} `usage` for a URL that is neither
 */
export function parseEndpoint(url: string, tls?: TlsFiles): Endpoint {
  if (url.startsWith('unix://') && url.length > 'unix://'.length) {
    return { kind: 'unix', url, socketPath: url.slice('unix://'.length) };
  }
  const match = /^(?:tcp|https?):\/\/(\[[0-9a-f:]+\]|[^:/]+)(?::(\d+))?\/?$/i.exec(url);
  if (match?.[1] === undefined) {
    throw new BuildenvError('usage', `The engine URL '${url}' cannot be used`, {
      hint: 'Use unix:///path/to/docker.sock or tcp://host:port.',
    });
  }
  const secure = tls !== undefined || url.startsWith('https');
  const port = match[2] ?? (secure ? DEFAULT_PORT.tls : DEFAULT_PORT.plain);
  const host = match[1].replace(/^\[|\]$/g, '');
  return { kind: 'tcp', url, host, port: Number(port), secure, tls };
}
