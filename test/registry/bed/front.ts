import { once } from 'node:events';
import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { AcrApi } from './acr-api';
import type { Certificate } from './certificates';
import { type Fault, Faults } from './faults';
import { oauthAnswer } from './oauth-answers';
import type { TokenServer } from './token-server';

export interface SeenRequest {
  method: string;
  path: string;
  status: number;
}

/**
 * What stands before the registry: TLS, the paths of Azure's registries and of Entra ID, faults, and
 * a record of what was asked. Everything below `/v2/` is the real registry's answer.
 */
export class Front {
  readonly faults = new Faults();
  readonly seen: SeenRequest[] = [];
  port = 0;
  /** Port of the registry behind. */
  upstream = 0;
  tokens!: TokenServer;
  acr!: AcrApi;
  private readonly server: Server;

  constructor({ certificate, key }: Certificate) {
    this.server = createServer({ cert: certificate, key }, (request, response) => {
      void this.handle(request, response).catch((error: unknown) =>
        response.destroy(error as Error),
      );
    });
    this.server.on('connection', (socket: Socket) => this.faults.watch(socket));
    this.server.on('tlsClientError', () => undefined);
  }

  get host(): string {
    return `127.0.0.1:${this.port}`;
  }

  async listen(): Promise<void> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as { port: number }).port;
  }

  async close(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    request.on('error', () => undefined);
    const { method = '', url = '/' } = request;
    const { pathname, searchParams } = new URL(url, 'https://front');
    const path = decodeURIComponent(pathname);
    response.on('close', () => {
      const status = response.headersSent ? response.statusCode : 0;
      this.seen.push({ method, path: decodeURIComponent(url), status });
    });
    const fault = this.faults.take(request);
    if (fault?.kind === 'status') {
      await drain(request);
      send(response, fault.status, fault.body ?? '', fault.headers);
      return;
    }
    if (fault?.kind === 'slow') await pause(fault.delay);
    if (fault?.kind === 'reset' && fault.after === undefined) {
      this.faults.reset(request);
      return;
    }
    if (fault?.kind === 'hook' && fault.after === undefined) await fault.action();
    if (path.startsWith('/v2/')) this.forward(request, response, fault);
    else if (path.startsWith('/acr/')) this.answerAcr(request, response, path, searchParams);
    else await this.answerTokens(request, response, path, searchParams);
  }

  private forward(request: IncomingMessage, response: ServerResponse, fault?: Fault): void {
    const { method, url, headers } = request;
    const options = { host: '127.0.0.1', port: this.upstream, method, path: url, headers };
    const outgoing = httpRequest(options, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      if (fault?.kind !== 'truncate') {
        answer.pipe(response);
        return;
      }
      let left = fault.after;
      answer.on('data', (chunk: Buffer) => {
        response.write(chunk.subarray(0, left));
        left -= chunk.length;
        if (left <= 0) response.destroy();
      });
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    request.pipe(this.counting(request, fault)).pipe(outgoing);
  }

  /** Passes a request on until the fault's number of bytes. */
  private counting(request: IncomingMessage, fault: Fault | undefined): Transform {
    let count = 0;
    let met = false;
    return new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        count += chunk.length;
        const after = fault?.kind === 'reset' || fault?.kind === 'hook' ? fault.after : undefined;
        if (met || after === undefined || count < after) {
          done(null, chunk);
          return;
        }
        met = true;
        if (fault?.kind === 'reset') this.faults.reset(request);
        if (fault?.kind === 'hook') {
          void Promise.resolve(fault.action()).then(() => done(null, chunk));
        } else done(null, chunk);
      },
    });
  }

  private answerAcr(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): void {
    const { method = '', headers } = request;
    const scope = AcrApi.scope(method, path);
    if (scope === undefined) {
      send(response, 404);
      return;
    }
    const [, token = ''] = (headers.authorization ?? '').split(' ');
    const [type, name, action = ''] = scope.split(':');
    const allowed = (this.tokens.grants(token) ?? []).some(
      (grant) => grant.type === type && grant.name === name && grant.actions.includes(action),
    );
    if (!allowed) {
      const realm = `https://${this.host}/oauth2/token`;
      const challenge = `Bearer realm="${realm}",service="${this.host}",scope="${scope}"`;
      const body = { errors: [{ code: 'UNAUTHORIZED', message: 'authentication required' }] };
      send(response, 401, JSON.stringify(body), { 'www-authenticate': challenge });
      return;
    }
    const answer = this.acr.answer(method, path, query);
    send(response, answer.status, answer.body && JSON.stringify(answer.body), answer.headers);
  }

  private async answerTokens(
    request: IncomingMessage,
    response: ServerResponse,
    path: string,
    query: URLSearchParams,
  ): Promise<void> {
    const form = new URLSearchParams(request.method === 'POST' ? await text(request) : '');
    const authorization = request.headers.authorization ?? '';
    const body = oauthAnswer(this.tokens, `https://localhost:${this.port}`, {
      path,
      query,
      form,
      authorization,
    });
    if (body === undefined) {
      const errors = [{ code: 'UNAUTHORIZED', message: 'authentication required' }];
      send(response, 401, JSON.stringify({ errors, error: 'invalid_client' }));
    } else send(response, 200, JSON.stringify(body));
  }
}

async function drain(request: IncomingMessage): Promise<void> {
  request.resume();
  if (!request.complete) await once(request, 'close');
}

function send(
  response: ServerResponse,
  status: number,
  body = '',
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
