import * as http from 'node:http';
import * as https from 'node:https';
import { createSecureContext } from 'node:tls';
import { BuildenvError } from '../../errors/buildenv-error';

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
  private readonly agents = new Map<string, http.Agent>();
  private readonly ca: string | undefined;
  private readonly plainHosts = new Set<string>();

  /** @param ca certificate authorities in PEM, the system's included */
  constructor(ca?: string) {
    this.ca = ca;
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

  private exchange(url: URL, request: HttpRequest, loopback: boolean): Promise<HttpResponse> {
    const secure = url.protocol === 'https:';
    const { method, headers = {}, body } = request;
    return new Promise((resolve, reject) => {
      const outgoing = (secure ? https : http).request(url, {
        method,
        headers,
        agent: this.agent(secure, loopback),
        timeout: SILENCE,
      });
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

  private agent(secure: boolean, loopback: boolean): http.Agent {
    const key = `${secure} ${loopback}`;
    const known = this.agents.get(key);
    if (known !== undefined) return known;
    const options = { keepAlive: true };
    const agent = secure
      ? new https.Agent({ ...options, ...this.trust(loopback) })
      : new http.Agent(options);
    this.agents.set(key, agent);
    return agent;
  }

  /** The context is made once: reading the authorities takes some 15 ms for each. */
  private trust(loopback: boolean): https.AgentOptions {
    const trustAll = loopback && this.ca === undefined;
    return {
      rejectUnauthorized: !trustAll,
      secureContext: createSecureContext({ ca: trustAll ? [] : this.ca }),
    };
  }
}

function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || /^127(?:\.\d+){3}$/.test(hostname);
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
