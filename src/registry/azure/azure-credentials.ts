import type { TokenCredential } from '@azure/identity';
import type { RegistryCredential } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { keepSecret } from '../../errors/secrets';
import type { CredentialSource } from '../credentials/credential-source';
import { tokenClaims, tokenExpiry } from '../credentials/token-claims';
import { parseChallenge } from '../http/challenge';
import type { PersistentClient } from '../http/persistent-client';
import { denied, registryWords } from '../registry-failure';
import { entraFailure } from './entra-failure';

/** Registries may refuse tokens of the resource manager's audience, so theirs is asked for. */
const SCOPE = 'https://containerregistry.azure.net/.default';
/** Milliseconds that a token must last: a push of large layers is not to outlive it. */
const LEAST_LIFE = 10 * 60_000;

/**
 * A token of Entra ID, exchanged for a refresh token of the registry, which lasts some three hours.
 * @see https://github.com/Azure/acr/blob/main/docs/AAD-OAuth.md
 */
export class AzureCredentials implements CredentialSource {
  readonly name = 'Entra ID (auth: azure)';
  readonly remedy =
    'Check its role at the registry: AcrPull, AcrPush or AcrDelete; in ABAC mode, which ignores those, Container Registry Repository Reader or Writer.';
  private readonly host: string;
  private readonly entra: () => Promise<TokenCredential>;
  private readonly client: PersistentClient;
  private readonly now: () => number;
  private current: Promise<string> | undefined;
  private principal: string | undefined;

  /** @param now a clock in milliseconds */
  constructor(
    host: string,
    entra: () => Promise<TokenCredential>,
    client: PersistentClient,
    now: () => number,
  ) {
    this.host = host;
    this.entra = entra;
    this.client = client;
    this.now = now;
  }

  async get(renew: boolean): Promise<RegistryCredential> {
    const known = renew ? undefined : await this.current;
    const expires = known === undefined ? undefined : tokenExpiry(known)?.getTime();
    const lasts = known !== undefined && (expires ?? Infinity) - this.now() > LEAST_LIFE;
    if (!lasts) this.current = this.exchange();
    return { kind: 'identity-token', token: (await this.current) ?? '' };
  }

  identity(): string | undefined {
    return this.principal;
  }

  private async exchange(): Promise<string> {
    const action = `log in to ${this.host}`;
    const { service, origin } = await this.tokenServer(action);
    const access = await this.accessToken();
    const { tid } = tokenClaims(access) ?? {};
    const form = new URLSearchParams({
      grant_type: 'access_token',
      service,
      access_token: access,
      ...(typeof tid === 'string' ? { tenant: tid } : {}),
    });
    const response = await this.client.send(action, {
      method: 'POST',
      url: `${origin}/oauth2/exchange`,
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: form.toString(),
    });
    if (response.status !== 200) {
      throw denied(action, this.host, this, registryWords(response.status, response.body));
    }
    const { refresh_token: token } = JSON.parse(response.body.toString('utf8')) as {
      refresh_token: string;
    };
    keepSecret(token);
    return token;
  }

  /** By the challenge of the registry: its own host, but for some private links. */
  private async tokenServer(action: string): Promise<{ service: string; origin: string }> {
    const response = await this.client.send(action, {
      method: 'GET',
      url: `https://${this.host}/v2/`,
    });
    const challenge = parseChallenge(response.headers['www-authenticate']);
    if (challenge?.scheme === 'bearer') {
      const { realm, service = this.host } = challenge;
      return { service, origin: new URL(realm).origin };
    }
    const message = `${this.host} does not ask for tokens as an Azure registry does`;
    throw new BuildenvError('registry-failed', message, {
      hint: 'Say another `auth` for it in buildenv.yaml.',
    });
  }

  private async accessToken(): Promise<string> {
    try {
      const answer = await (await this.entra()).getToken(SCOPE);
      if (answer === null) throw new Error('it answered without one');
      keepSecret(answer.token);
      this.principal = principalOf(answer.token);
      return answer.token;
    } catch (error) {
      throw entraFailure(this.host, error);
    }
  }
}

/** A user's name, else an application's id. */
function principalOf(token: string): string | undefined {
  const claims = tokenClaims(token) ?? {};
  const names = ['upn', 'unique_name', 'preferred_username', 'appid', 'azp', 'oid'];
  return names.map((name) => claims[name]).find((value) => typeof value === 'string');
}
