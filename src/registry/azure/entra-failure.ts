import { BuildenvError } from '../../errors/buildenv-error';

/** Errors of @azure/identity and its HTTP pipeline, as far as they tell their kind. */
interface IdentityError {
  name?: string;
  message?: string;
  statusCode?: number;
  errors?: readonly IdentityError[];
}

/**
 * What @azure/identity throws, as ours.
 * @param host of the registry that the token is for
 */
export function entraFailure(host: string, cause: unknown): BuildenvError {
  if (cause instanceof BuildenvError) return cause;
  const { name = '', errors } = cause as IdentityError;
  const reasons = (errors ?? [cause as IdentityError]).map(reasonOf).filter(Boolean);
  const message = `Entra ID gives no token for ${host}: ${[...new Set(reasons)].join('; ')}`;
  if (name === 'CredentialUnavailableError' || name === 'AggregateAuthenticationError') {
    return new BuildenvError('registry-denied', message, {
      hint: 'Run `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET; docs/registries.md has all ways.',
      cause,
    });
  }
  if (name === 'AuthenticationError') {
    return new BuildenvError('registry-denied', message, {
      hint: 'Check the tenant, the application and its secret or federation.',
      cause,
    });
  }
  return new BuildenvError('registry-unreachable', message, {
    hint: 'Check the network; for an authority of your own, its `authorityHost`, `disableInstanceDiscovery` and `ca` in buildenv.yaml.',
    cause,
  });
}

function reasonOf({ message = '' }: IdentityError): string {
  return message.split('\n')[0]?.trim() ?? '';
}
