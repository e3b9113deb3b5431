import { BuildenvError } from '../errors/buildenv-error';

/** Where an engine's API answers. */
export type Endpoint =
  | { kind: 'unix'; url: string; socketPath: string }
  /** Behind `docker system dial-stdio` on another machine; `words` are for ssh(1). */
  | { kind: 'ssh'; url: string; words: readonly string[] }
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
 * Reads an engine URL: `unix:///var/run/docker.sock`, `tcp://host:2375` or `ssh://user@host:22`.
 * @param tls the client's certificate where the engine wants one
 * @throws {BuildenvError} `usage` for a URL that is none of these
 */
export function parseEndpoint(url: string, tls?: TlsFiles): Endpoint {
  if (url.startsWith('unix://') && url.length > 'unix://'.length) {
    return { kind: 'unix', url, socketPath: url.slice('unix://'.length) };
  }
  const ssh =
    /^ssh:\/\/(?:([^-@/:][^@/:]*)@)?(\[[0-9a-f:]+\]|[^-@/:[][^@/:]*)(?::(\d+))?\/?$/i.exec(url);
  if (ssh !== null) return { kind: 'ssh', url, words: sshWords(ssh) };
  const match = /^(?:tcp|https?):\/\/(\[[0-9a-f:]+\]|[^:/]+)(?::(\d+))?\/?$/i.exec(url);
  if (match?.[1] === undefined) {
    throw new BuildenvError('usage', `The engine URL '${url}' cannot be used`, {
      hint: 'Use unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.',
    });
  }
  const secure = tls !== undefined || url.startsWith('https');
  const port = match[2] ?? (secure ? DEFAULT_PORT.tls : DEFAULT_PORT.plain);
  const host = match[1].replace(/^\[|\]$/g, '');
  return { kind: 'tcp', url, host, port: Number(port), secure, tls };
}

function sshWords([, user, host = '', port]: readonly (string | undefined)[]): string[] {
  const words = user === undefined ? [] : ['-l', user];
  if (port !== undefined) words.push('-p', port);
  return [...words, '--', host.replace(/^\[|\]$/g, '')];
}
