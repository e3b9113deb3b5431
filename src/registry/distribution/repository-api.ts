import { BuildenvError } from '../../errors/buildenv-error';
import type { AuthorizedClient } from '../http/authorized-client';
import type { HttpRequest, HttpResponse } from '../http/http-client';
import type { Manifest } from '../registry';
import { registryWords } from '../registry-failure';
import { digestOf, isDigest, MANIFEST_TYPES, readManifest } from './manifest';

type Access = 'pull' | 'pull,push' | 'delete,pull,push';

const NOT_FOUND = 404;
const METHOD_NOT_ALLOWED = 405;
/** Tags of one answer. */
const PAGE = 100;
/** Registries send blobs from other places. */
const MOST_REDIRECTS = 3;

/**
 * The requests of the distribution API about one repository.
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#endpoints
 */
export class RepositoryApi {
  private readonly client: AuthorizedClient;
  private readonly repository: string;

  constructor(client: AuthorizedClient, repository: string) {
    this.client = client;
    this.repository = repository;
  }

  /** `host/kontain/km:latest`, or with `@` and a digest. */
  nameOf(reference: string): string {
    const separator = isDigest(reference) ? '@' : ':';
    return `${this.client.host}/${this.repository}${separator}${reference}`;
  }

  /** @returns the digest as the registry says it; undefined where it does not, or has nothing */
  async headManifest(reference: string): Promise<string | undefined> {
    const request = this.manifestRequest('HEAD', reference);
    const response = await this.send(`read ${this.nameOf(reference)}`, 'pull', request);
    const digest = response?.headers['docker-content-digest'];
    return typeof digest === 'string' ? digest : undefined;
  }

  async getManifest(reference: string): Promise<Manifest | undefined> {
    const name = this.nameOf(reference);
    const request = this.manifestRequest('GET', reference);
    const response = await this.send(`read ${name}`, 'pull', request);
    if (response === undefined) return undefined;
    return readManifest(response, name, isDigest(reference) ? reference : undefined);
  }

  async putManifest(
    reference: string,
    { mediaType, content }: Pick<Manifest, 'mediaType' | 'content'>,
  ): Promise<void> {
    await this.must(`write ${this.nameOf(reference)}`, 'pull,push', {
      method: 'PUT',
      url: this.url(`manifests/${reference}`),
      headers: { 'Content-Type': mediaType },
      body: content,
    });
  }

  /** @returns whether it was there */
  async deleteManifest(digest: string): Promise<boolean> {
    const action = `remove ${this.nameOf(digest)}`;
    const request = { method: 'DELETE', url: this.url(`manifests/${digest}`) } as const;
    return (await this.send(action, 'delete,pull,push', request)) !== undefined;
  }

  /** Undefined where there is no such repository. */
  async listTags(): Promise<string[] | undefined> {
    const action = `list the tags of ${this.client.host}/${this.repository}`;
    const tags: string[] = [];
    let url: string | undefined = this.url(`tags/list?n=${PAGE}`);
    while (url !== undefined) {
      const response = await this.send(action, 'pull', { method: 'GET', url });
      if (response === undefined) return undefined;
      const { tags: some } = JSON.parse(response.body.toString('utf8')) as {
        tags?: string[] | null;
      };
      tags.push(...(some ?? []));
      const next = /<([^>]+)>;\s*rel="?next"?/.exec(String(response.headers['link'] ?? ''))?.[1];
      url = next === undefined ? undefined : new URL(next, url).href;
    }
    return tags;
  }

  /** Undefined where there is none. */
  async getBlob(digest: string): Promise<Buffer | undefined> {
    const action = `read ${this.nameOf(digest)}`;
    let request: HttpRequest = { method: 'GET', url: this.url(`blobs/${digest}`) };
    let response = await this.send(action, 'pull', request);
    for (let count = 0; response?.headers.location !== undefined; count++) {
      if (count === MOST_REDIRECTS) throw this.refused(action, response);
      // The place that it is redirected to has the permission in its URL, and is sent no other.
      request = { method: 'GET', url: new URL(response.headers.location, request.url).href };
      response = await this.client.sendElsewhere(action, request);
    }
    if (response !== undefined && response.status !== 200) throw this.refused(action, response);
    return response?.body;
  }

  /** Stores a small blob. */
  async putBlob(content: Buffer): Promise<void> {
    const action = `write to ${this.client.host}/${this.repository}`;
    const begin = { method: 'POST', url: this.url('blobs/uploads/') } as const;
    const { headers } = await this.must(action, 'pull,push', begin);
    const url = new URL(headers.location ?? '', begin.url);
    url.searchParams.set('digest', digestOf(content));
    await this.must(action, 'pull,push', {
      method: 'PUT',
      url: url.href,
      headers: { 'Content-Type': 'application/octet-stream' },
      body: content,
    });
  }

  private manifestRequest(method: 'GET' | 'HEAD', reference: string): HttpRequest {
    return { method, url: this.url(`manifests/${reference}`), headers: { Accept: MANIFEST_TYPES } };
  }

  private url(path: string): string {
    return this.client.url(`/v2/${this.repository}/${path}`);
  }

  private async must(action: string, access: Access, request: HttpRequest): Promise<HttpResponse> {
    const response = await this.send(action, access, request);
    if (response !== undefined) return response;
    const message = `Cannot ${action}: there is no repository ${this.repository}`;
    throw new BuildenvError('not-found', message);
  }

  /** @returns undefined for what is not there */
  private async send(
    action: string,
    access: Access,
    request: HttpRequest,
  ): Promise<HttpResponse | undefined> {
    const scope = `repository:${this.repository}:${access}`;
    const response = await this.client.send(action, scope, request);
    if (response.status === NOT_FOUND) return undefined;
    if (response.status >= 400) throw this.refused(action, response);
    return response;
  }

  private refused(action: string, { status, body }: HttpResponse): BuildenvError {
    const message = `Cannot ${action}: ${this.client.host} says ${registryWords(status, body)}`;
    return new BuildenvError('registry-failed', message, {
      hint:
        status === METHOD_NOT_ALLOWED
          ? 'This registry does not let images be deleted; its operator can allow it.'
          : undefined,
    });
  }
}
