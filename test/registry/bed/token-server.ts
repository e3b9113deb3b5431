import { createPrivateKey, createSign, randomUUID, X509Certificate } from 'node:crypto';
import type { Certificate } from './certificates';

export const ISSUER = 'Azure Container Registry';
const HOUR = 3600;

export interface Grant {
  type: string;
  name: string;
  actions: string[];
}

/** Who may do what: a password, or none for what Entra ID vouches for. */
export interface Account {
  password?: string;
  /** Repositories that it may do these actions in; `*` is all. */
  repositories: RegExp;
  actions: readonly string[];
}

/** Issues the tokens of registry and authority, and knows them again. */
export class TokenServer {
  readonly accounts = new Map<string, Account>();
  /** Seconds that the next tokens of the registry last. */
  accessLifetime = HOUR;
  refreshLifetime = 3 * HOUR;
  /** How many refresh tokens were issued. */
  exchanges = 0;
  private readonly certificate: Certificate;
  private readonly audience: string;
  private readonly entraTokens = new Map<string, string>();
  private readonly refreshTokens = new Map<string, string>();

  constructor(certificate: Certificate, audience: string) {
    this.certificate = certificate;
    this.audience = audience;
  }

  /** A token of Entra ID for an application. */
  entraToken(application: string, tenant: string): string {
    const token = this.sign(HOUR, { appid: application, tid: tenant });
    this.entraTokens.set(token, application);
    return token;
  }

  /** A refresh token of the registry for a token of Entra ID. */
  exchange(entraToken: string): string | undefined {
    const application = this.entraTokens.get(entraToken);
    if (application === undefined) return undefined;
    this.exchanges += 1;
    const token = this.sign(this.refreshLifetime, { sub: application, jti: randomUUID() });
    this.refreshTokens.set(token, application);
    return token;
  }

  /** From now on no refresh token that was issued is known. */
  forgetRefreshTokens(): void {
    this.refreshTokens.clear();
  }

  /** Who a refresh token belongs to. */
  owner(refreshToken: string): string | undefined {
    return this.refreshTokens.get(refreshToken);
  }

  /** Who a password belongs to; `null` where it is wrong. */
  byPassword(header: string): string | null {
    const [, encoded = ''] = header.split(' ');
    const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString().split(':');
    const account = this.accounts.get(user);
    return account?.password !== undefined && account.password === rest.join(':') ? user : null;
  }

  /** A token for what of the scopes an account may do; anonymous is everybody. */
  accessToken(user: string | undefined, scopes: readonly string[]): string {
    const account = this.accounts.get(user ?? 'anonymous');
    const access = scopes.map(parseScope).map(({ type, name, actions }) => ({
      type,
      name,
      actions: account?.repositories.test(name)
        ? actions.filter((action) => account.actions.includes(action))
        : [],
    }));
    return this.sign(this.accessLifetime, { access });
  }

  /** What a token of the registry allows; undefined for one that it did not sign, or that ran out. */
  grants(token: string): readonly Grant[] | undefined {
    const [head, payload = '', signature] = token.split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}') as {
      exp?: number;
      access?: Grant[];
    };
    const expected = this.signature(`${head ?? ''}.${payload}`);
    if (signature !== expected || (claims.exp ?? 0) * 1000 < Date.now()) return undefined;
    return claims.access ?? [];
  }

  private sign(lifetime: number, claims: object): string {
    const now = Math.floor(Date.now() / 1000);
    const x5c = [new X509Certificate(this.certificate.certificate).raw.toString('base64')];
    const times = { nbf: now - 10, iat: now, exp: now + lifetime };
    const body = { iss: ISSUER, aud: this.audience, ...times, ...claims };
    const text = [{ typ: 'JWT', alg: 'RS256', x5c }, body]
      .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
      .join('.');
    return `${text}.${this.signature(text)}`;
  }

  private signature(text: string): string {
    const key = createPrivateKey(this.certificate.key);
    return createSign('RSA-SHA256').update(text).sign(key).toString('base64url');
  }
}

function parseScope(scope: string): Grant {
  const [type = '', ...rest] = scope.split(':');
  const actions = (rest.pop() ?? '').split(',');
  return { type, name: rest.join(':'), actions };
}
