import type { TokenServer } from './token-server';

/** What a pipeline's step has as SYSTEM_ACCESSTOKEN. */
export const PIPELINE_TOKEN = 'pipeline-token-of-the-test';
/** What a federated identity is proven with. */
export const ASSERTION = 'assertion-of-the-test';

interface OAuthRequest {
  path: string;
  query: URLSearchParams;
  form: URLSearchParams;
  authorization: string;
}

/** Answers of the registry's token server and of Entra ID; undefined for what is refused. */
export function oauthAnswer(
  tokens: TokenServer,
  authority: string,
  { path, query, form, authorization }: OAuthRequest,
): object | undefined {
  const tenant = path.split('/')[1] ?? '';
  const scopes = [...query.getAll('scope'), ...form.getAll('scope')].flatMap((one) =>
    one.split(' '),
  );
  if (path === '/oauth2/exchange') {
    const token = tokens.exchange(form.get('access_token') ?? '');
    return token === undefined ? undefined : { refresh_token: token };
  }
  if (path === '/oauth2/token' && form.has('refresh_token')) {
    const owner = tokens.owner(form.get('refresh_token') ?? '');
    return owner === undefined ? undefined : { access_token: tokens.accessToken(owner, scopes) };
  }
  if (path === '/oauth2/token') {
    const user = authorization === '' ? undefined : tokens.byPassword(authorization);
    return user === null ? undefined : { access_token: tokens.accessToken(user, scopes) };
  }
  if (path.endsWith('/.well-known/openid-configuration')) {
    return {
      issuer: `${authority}/${tenant}/v2.0`,
      authorization_endpoint: `${authority}/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${authority}/${tenant}/oauth2/v2.0/token`,
      jwks_uri: `${authority}/${tenant}/discovery/v2.0/keys`,
    };
  }
  if (path.endsWith('/oauth2/v2.0/token')) return entraAnswer(tokens, tenant, form);
  if (path === '/oidc') {
    const right = authorization === `Bearer ${PIPELINE_TOKEN}`;
    return right
      ? { oidcToken: `${ASSERTION}-${query.get('serviceConnectionId') ?? ''}` }
      : undefined;
  }
  return undefined;
}

function entraAnswer(tokens: TokenServer, tenant: string, form: URLSearchParams) {
  const application = form.get('client_id') ?? '';
  const secret = form.get('client_secret');
  const assertion = form.get('client_assertion') ?? '';
  const { password } = tokens.accounts.get(application) ?? {};
  const right = secret === null ? assertion.startsWith(ASSERTION) : secret === password;
  if (!right || !tokens.accounts.has(application)) return undefined;
  const token = tokens.entraToken(application, tenant);
  return { token_type: 'Bearer', expires_in: 3600, ext_expires_in: 3600, access_token: token };
}
