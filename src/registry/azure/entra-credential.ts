import type { TokenCredential } from '@azure/identity';
import { BuildenvError } from '../../errors/buildenv-error';
import type { AzureOptions } from '../registry-spec';

type Environment = Readonly<Record<string, string | undefined>>;

/** An Azure Pipelines service connection, as AzureCLI@2 and its like name theirs to a step. */
interface ServiceConnection {
  tenant: string;
  client: string;
  id: string;
}

/**
 * What gets tokens of Entra ID, the first of these that there is: the service connection of the
 * configuration; that of the pipeline's step; and by `DefaultAzureCredential` the AZURE_* variables,
 * workload identity, managed identity and the Azure CLI.
 * @param ca certificate authorities in PEM, the system's included
 * @throws {BuildenvError} `registry-denied` for a service connection outside of a pipeline
 */
export async function entraCredential(
  options: AzureOptions,
  env: Environment,
  ca: string | undefined,
): Promise<TokenCredential> {
  const { AzurePipelinesCredential, DefaultAzureCredential } = await import('@azure/identity');
  const { tenant, client, authorityHost, disableInstanceDiscovery } = options;
  const common = {
    disableInstanceDiscovery,
    ...(authorityHost === undefined ? {} : { authorityHost }),
    ...(ca === undefined ? {} : { tlsOptions: { ca } }),
  };
  const connection = serviceConnection(options, env);
  if (connection !== undefined) {
    const token = pipelineToken(connection, env);
    return new AzurePipelinesCredential(
      connection.tenant,
      connection.client,
      connection.id,
      token,
      common,
    );
  }
  return new DefaultAzureCredential({
    ...common,
    ...(tenant === undefined ? {} : { tenantId: tenant }),
    ...(client === undefined
      ? {}
      : { managedIdentityClientId: client, workloadIdentityClientId: client }),
  });
}

function serviceConnection(
  { tenant, client, serviceConnection: id }: AzureOptions,
  env: Environment,
): ServiceConnection | undefined {
  if (id !== undefined) return { tenant: tenant ?? '', client: client ?? '', id };
  const stepTenant = env['AZURESUBSCRIPTION_TENANT_ID'];
  const stepClient = env['AZURESUBSCRIPTION_CLIENT_ID'];
  const stepId = env['AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'];
  if (!stepTenant || !stepClient || !stepId || !env['SYSTEM_ACCESSTOKEN']) return undefined;
  return { tenant: stepTenant, client: stepClient, id: stepId };
}

function pipelineToken({ id }: ServiceConnection, env: Environment): string {
  const token = env['SYSTEM_ACCESSTOKEN'];
  if (token && env['SYSTEM_OIDCREQUESTURI']) return token;
  const message = `The service connection ${id} works in a step of Azure Pipelines only, with SYSTEM_ACCESSTOKEN`;
  throw new BuildenvError('registry-denied', message, {
    hint: 'Give the step `env: { SYSTEM_ACCESSTOKEN: $(System.AccessToken) }`.',
  });
}
