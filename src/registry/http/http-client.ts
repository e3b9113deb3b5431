import * as http from 'node:http';
import * as https from 'node:https';
import { createSecureContext, type SecureContext } from 'node:tls';
import { BuildenvError } from '../../errors/buildenv-error';
import { isLoopback } from './find-proxy';
import { failWhereProxyRefuses, proxyAgent } from './proxy-agent';

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Buffer;
}

export interface HttpResponse {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** A connection that could not be made, or broke, or was silent for too long. */
export class ConnectionError extends Error {}

/** The proxy that a URL is reached through, as an address; undefined for none. */
export type FindProxy = (url: URL) => string | undefined;

/** Milliseconds without a byte after which a connection counts as broken. */
const SILENCE = 30_000;
/** Bytes of an answer: manifests and lists are far smaller, and layers are the engine's. */
const LARGEST = 32 << 20;
/** What Node says where a server speaks plain HTTP. */
const NOT_TLS = new Set([
  'EPROTO',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_PACKET_LENGTH_TOO_LONG',
]);

/**
 * Requests to one registry and to what issues its tokens. As engines have it, a registry on the
 * loopback interface needs no certificate that anybody trusts, and may speak plain HTTP.
 */
export class HttpClient {
  private readonly ca: string | undefined;
  private readonly findProxy: FindProxy;
  private readonly plainHosts = new Set<string>();
  private readonly plain = new http.Agent({ keepAlive: true });
  private readonly secure = new https.Agent({ keepAlive: true });
  private readonly proxies = new Map<string, Promise<http.Agent>>();
  private readonly contexts = new Map<boolean, SecureContext>();

  /** @param ca certificate authorities in PEM, the system's included */
  constructor(ca?: string, findProxy: FindProxy = () => undefined) {
    this.ca = ca;
    this.findProxy = findProxy;
  }

  /** @throws {ConnectionError} */
  async send(request: HttpRequest): Promise<HttpResponse> {
    const url = new URL(request.url);
    const loopback = isLoopback(url.hostname);
    if (loopback && this.plainHosts.has(url.host)) url.protocol = 'http:';
    try {
      return await this.exchange(url, request, loopback);
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      if (loopback && url.protocol === 'https:' && NOT_TLS.has(code)) {
        this.plainHosts.add(url.host);
        return this.send(request);
      }
      if (cause instanceof BuildenvError) throw cause;
      throw new ConnectionError(message || code, { cause });
    }
  }

  private async exchange(url: URL, request: HttpRequest, loopback: boolean): Promise<HttpResponse> {
    const { method, headers = {}, body } = request;
    const agent = await this.agent(url);
    return new Promise((resolve, reject) => {
      const options = { method, headers, agent, timeout: SILENCE };
      const outgoing =
        url.protocol === 'https:'
          ? https.request(url, { ...options, ...this.trust(loopback) })
          : http.request(url, options);
      failWhereProxyRefuses(outgoing, url.host);
      outgoing.on('timeout', () =>
        outgoing.destroy(new Error(`no answer for ${SILENCE / 1000} s`)),
      );
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        const { statusCode: status = 0, headers: answered } = response;
        readBody(response).then(
          (bytes) => resolve({ status, headers: answered, body: bytes }),
          reject,
        );
      });
      outgoing.end(body);
    });
  }

  private agent(url: URL): http.Agent | Promise<http.Agent> {
    if (url.protocol !== 'https:') return this.plain;
    const proxy = this.findProxy(url);
    if (proxy === undefined) return this.secure;
    const known = this.proxies.get(proxy) ?? proxyAgent(proxy);
    this.proxies.set(proxy, known);
    return known;
  }

  /** A context is made once: reading the authorities takes some 15 ms. */
  private trust(loopback: boolean) {
    const everybody = loopback && this.ca === undefined;
    const secureContext =
      this.contexts.get(everybody) ?? createSecureContext({ ca: everybody ? [] : this.ca });
    this.contexts.set(everybody, secureContext);
    return { secureContext, rejectUnauthorized: !everybody };
  }
}

async function readBody(response: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > LARGEST)
      throw new BuildenvError('registry-failed', 'A registry answers without end');
  }
  return Buffer.concat(chunks);
}
