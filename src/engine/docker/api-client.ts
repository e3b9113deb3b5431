import * as http from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Endpoint } from '../endpoint';
import { connectionOptions } from './connection-options';
import { readText } from './read-text';
import { engineFailure, unreachable } from './translate-error';

/** Parameters of a request; a list is one parameter for each of its values. */
type Query = Readonly<Record<string, string | number | readonly string[]>>;

interface RequestOptions {
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as a tar stream. */
  archive?: Readable;
  headers?: Readonly<Record<string, string>>;
  /** Drops the connection. */
  signal?: AbortSignal;
  /** What fails, for messages: `create container`. */
  action: string;
}

/**
 * The Docker Engine API (https://docs.docker.com/reference/api/engine/) as plain requests. A run
 * uses it for all of its calls: loading a full client library would cost more than the calls.
 */
export class ApiClient {
  /** Whether Podman has answered, which says so with every answer. */
  podman = false;
  private readonly endpoint: Endpoint;
  private readonly connection: http.RequestOptions;
  private readonly secure: boolean;

  constructor(endpoint: Endpoint) {
    this.endpoint = endpoint;
    const { protocol, ...connection } = connectionOptions(endpoint);
    this.secure = protocol === 'https';
    this.connection = connection;
  }

  /** @returns the decoded JSON answer */
  async json(method: string, path: string, options: RequestOptions): Promise<unknown> {
    const response = await this.stream(method, path, options);
    const text = await this.text(response);
    try {
      return JSON.parse(text) as unknown;
    } catch (cause) {
      const message = `Cannot ${options.action}: what answers at ${this.endpoint.url} is no engine`;
      throw new BuildenvError('engine-failed', message, { cause });
    }
  }

  /** For a call whose success is all of its answer: engines differ in what they say beside it. */
  async act(method: string, path: string, options: RequestOptions): Promise<void> {
    await this.text(await this.stream(method, path, options));
  }

  /** @returns the answer's body; its status was a success */
  async stream(method: string, path: string, options: RequestOptions): Promise<Readable> {
    const response = await this.send(method, path, options);
    this.podman = response.headers['libpod-api-version'] !== undefined;
    const status = response.statusCode ?? 0;
    if (status >= 200 && status < 400) return response;
    throw engineFailure(options.action, status, await this.text(response));
  }

  /**
   * Takes over the connection of a request, as `docker attach` does.
   * @returns a stream of both directions
   */
  async upgrade(path: string, options: RequestOptions): Promise<Duplex> {
    const request = await this.request('POST', path, options);
    request.setHeader('Connection', 'Upgrade');
    request.setHeader('Upgrade', 'tcp');
    return new Promise((resolve, reject) => {
      request.on('error', (error) => reject(unreachable(this.endpoint.url, error)));
      request.on('upgrade', (_response, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      });
      request.on('response', (response) => {
        this.text(response).then(
          (text) => reject(engineFailure(options.action, response.statusCode ?? 0, text)),
          reject,
        );
      });
      request.end();
    });
  }

  private async send(
    method: string,
    path: string,
    options: RequestOptions,
  ): Promise<http.IncomingMessage> {
    const { archive } = options;
    const request = await this.request(method, path, options);
    return new Promise((resolve, reject) => {
      request.on('response', resolve);
      request.on('error', (error) => {
        const own = error instanceof BuildenvError || error === archive?.errored;
        reject(own ? error : unreachable(this.endpoint.url, error));
      });
      if (archive !== undefined) {
        request.setHeader('Content-Type', 'application/x-tar');
        sendArchive(archive, request, options.action);
      } else if (options.json !== undefined) {
        const body = JSON.stringify(options.json);
        request.setHeader('Content-Type', 'application/json');
        request.end(body);
      } else {
        request.end();
      }
    });
  }

  private async text(response: Readable): Promise<string> {
    try {
      return await readText(response);
    } catch (error) {
      throw unreachable(this.endpoint.url, error);
    }
  }

  private async request(
    method: string,
    path: string,
    { query = {}, headers = {}, signal }: RequestOptions,
  ): Promise<http.ClientRequest> {
    const parameters = new URLSearchParams();
    for (const [name, value] of Object.entries(query)) {
      for (const one of typeof value === 'object' ? value : [String(value)]) {
        parameters.append(name, one);
      }
    }
    const search = parameters.size === 0 ? '' : `?${parameters.toString()}`;
    const options = {
      ...this.connection,
      method,
      path: path + search,
      headers,
      ...(signal && { signal }),
    };
    return this.secure ? (await import('node:https')).request(options) : http.request(options);
  }
}

/** Each of the two ends with the other: an archive that breaks off must not look whole. */
function sendArchive(archive: Readable, request: http.ClientRequest, action: string): void {
  archive.on('error', (error) => request.destroy(error));
  archive.on('close', () => {
    if (archive.readableEnded) return;
    request.destroy(new BuildenvError('host', `Cannot ${action}: what is sent broke off`));
  });
  request.on('close', () => archive.destroy());
  archive.pipe(request);
}
