import type { RegistryCredential } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { keepSecret } from '../../errors/secrets';
import type { CredentialSource } from '../credentials/credential-source';
import { denied, registryWords } from '../registry-failure';
import { type Challenge, parseChallenge } from './challenge';
import type { HttpRequest, HttpResponse } from './http-client';
import type { PersistentClient } from './persistent-client';

type BearerChallenge = Extract<Challenge, { scheme: 'bearer' }>;

/** Where the API of Docker Hub is. */
const HUB_API = 'registry-1.docker.io';
const CLIENT_ID = 'buildenv';
const UNAUTHORIZED = 401;
const FORBIDDEN = 403;

/**
 * Requests to one registry with what it asks for: a password, or a token of the scope, which its
 * token server issues for a password or an identity token. A token that is no longer accepted is
 * replaced, and where that does not help, the credentials are asked for anew, once.
 * @see https://distribution.github.io/distribution/spec/auth/token/
 */
export class AuthorizedClient {
  readonly host: string;
  private readonly client: PersistentClient;
  private readonly source: CredentialSource;
  private readonly tokens = new Map<string, string>();
  private challenge: Challenge | undefined;

  constructor(host: string, client: PersistentClient, source: CredentialSource) {
    this.host = host;
    this.client = client;
    this.source = source;
  }

  /** URL of a path of the registry's API. */
  url(path: string): string {
    return `https://${this.host === 'docker.io' ? HUB_API : this.host}${path}`;
  }

  /**
   * @param action what fails, for messages: `read kontain/km:latest`
   * @param scope `repository:kontain/km:pull`; empty for none
   * @returns an answer of any status but 401, 403 and those of an outage
   * @throws {BuildenvError} `registry-denied`, `registry-unreachable`
   */
  async send(action: string, scope: string, request: HttpRequest): Promise<HttpResponse> {
    let response = await this.authorized(action, scope, request);
    for (const renew of [false, true]) {
      if (response.status !== UNAUTHORIZED) break;
      this.challenge = parseChallenge(response.headers['www-authenticate']);
      if (this.challenge === undefined) break;
      const authorization = await this.authorize(action, scope, this.challenge, renew);
      if (authorization === undefined) break;
      this.tokens.set(scope, authorization);
      response = await this.authorized(action, scope, request);
    }
    if (response.status !== UNAUTHORIZED && response.status !== FORBIDDEN) return response;
    throw denied(action, this.host, this.source, registryWords(response.status, response.body));
  }

  /** A request to a place that the registry names, without its credentials. */
  sendElsewhere(action: string, request: HttpRequest): Promise<HttpResponse> {
    return this.client.send(action, request);
  }

  private async authorized(
    action: string,
    scope: string,
    request: HttpRequest,
  ): Promise<HttpResponse> {
    if (this.challenge !== undefined && !this.tokens.has(scope)) {
      const authorization = await this.authorize(action, scope, this.challenge, false);
      if (authorization !== undefined) this.tokens.set(scope, authorization);
    }
    const authorization = this.tokens.get(scope);
    const headers = { ...request.headers, ...(authorization && { Authorization: authorization }) };
    return this.client.send(action, { ...request, headers });
  }

  /** Value of the `Authorization` header; undefined where there is nothing to say. */
  private async authorize(
    action: string,
    scope: string,
    challenge: Challenge,
    renew: boolean,
  ): Promise<string | undefined> {
    const credential = await this.source.get(renew);
    if (challenge.scheme === 'bearer') {
      const response = await this.client.send(action, tokenRequest(challenge, scope, credential));
      if (response.status === 200) return `Bearer ${readToken(this.host, response.body)}`;
      if (!renew && credential.kind === 'identity-token') {
        return this.authorize(action, scope, challenge, true);
      }
      throw denied(action, this.host, this.source, registryWords(response.status, response.body));
    }
    if (credential.kind === 'password') return basic(credential.username, credential.password);
    return undefined;
  }
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function tokenRequest(
  { realm, service = '' }: BearerChallenge,
  scope: string,
  credential: RegistryCredential,
): HttpRequest {
  const parameters = new URLSearchParams({ service, ...(scope === '' ? {} : { scope }) });
  if (credential.kind === 'identity-token') {
    parameters.set('grant_type', 'refresh_token');
    parameters.set('refresh_token', credential.token);
    parameters.set('client_id', CLIENT_ID);
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url: realm, headers, body: parameters.toString() };
  }
  const headers: Record<string, string> =
    credential.kind === 'password'
      ? { Authorization: basic(credential.username, credential.password) }
      : {};
  const separator = realm.includes('?') ? '&' : '?';
  return { method: 'GET', url: `${realm}${separator}${parameters.toString()}`, headers };
}

function readToken(host: string, body: Buffer): string {
  try {
    const { token, access_token: access = token } = JSON.parse(body.toString('utf8')) as {
      token?: unknown;
      access_token?: unknown;
    };
    if (typeof access === 'string') {
      keepSecret(access);
      return access;
    }
  } catch {
    // Its words may be a token, so they are not shown.
  }
  throw new BuildenvError('registry-failed', `The token server of ${host} gave no token`);
}
