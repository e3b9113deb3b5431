import { openRegistry } from '../../../src/open-registry';
import type { RetryPolicy } from '../../../src/registry/http/retry-policy';
import type { Registry } from '../../../src/registry/registry';
import type { RegistryAuth } from '../../../src/registry/registry-spec';
import { ADMIN, APPLICATION, type RegistryBed } from './registry-bed';

/** As many attempts as users have, without their waiting. */
export const quick: RetryPolicy = { attempts: 4, delay: () => 1 };

/** The bed as the tool's adapters see it, for a user of the registry itself. */
export function openDistribution(bed: RegistryBed, account = ADMIN): Promise<Registry> {
  const { username, password } = account;
  const env = { BED_PASSWORD: password };
  return open(bed, { kind: 'basic', username, passwordVariable: 'BED_PASSWORD' }, env);
}

/** The bed as an Azure registry, for an application of Entra ID. Sets the variables that Azure's packages read. */
export function openAzure(bed: RegistryBed): Promise<Registry> {
  process.env['AZURE_TENANT_ID'] = APPLICATION.tenant;
  process.env['AZURE_CLIENT_ID'] = APPLICATION.client;
  process.env['AZURE_CLIENT_SECRET'] = APPLICATION.secret;
  process.env['NO_PROXY'] = '*';
  const options = { authorityHost: bed.authority, disableInstanceDiscovery: true };
  return open(bed, { kind: 'azure', options }, process.env);
}

function open(
  { host, caFile }: RegistryBed,
  auth: RegistryAuth,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Registry> {
  const facts = { env, homedir: '/nonexistent', policy: quick, now: Date.now };
  return openRegistry({ name: 'bed', host, auth, caFile }, facts);
}
