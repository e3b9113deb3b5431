import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { BuildenvError } from './errors/buildenv-error';
import type { CredentialSource } from './registry/credentials/credential-source';
import { DockerCredentials } from './registry/credentials/docker-credentials';
import { anonymous, BasicCredentials } from './registry/credentials/given-credentials';
import { DistributionRegistry } from './registry/distribution/distribution-registry';
import { findProxy } from './registry/http/find-proxy';
import { HttpClient } from './registry/http/http-client';
import { PersistentClient } from './registry/http/persistent-client';
import { backOff, type RetryPolicy } from './registry/http/retry-policy';
import type { Registry } from './registry/registry';
import type { AzureOptions, RegistrySpec } from './registry/registry-spec';

/** What a registry's adapters take from the process. */
export interface RegistryHost {
  env: Readonly<Record<string, string | undefined>>;
  homedir: string;
  policy: RetryPolicy;
  /** A clock in milliseconds. */
  now: () => number;
}

/** What the process itself is. */
export function processRegistryHost(env: RegistryHost['env'], homedir: string): RegistryHost {
  return { env, homedir, policy: backOff(Math.random), now: Date.now };
}

/**
 * Builds the adapter for a registry. Azure's packages are loaded for one with `auth: azure` alone.
 * @throws {BuildenvError} `host` when the file of certificate authorities cannot be read
 */
export async function openRegistry(spec: RegistrySpec, host: RegistryHost): Promise<Registry> {
  const ca = spec.caFile === undefined ? undefined : readAuthorities(spec.caFile);
  const http = new HttpClient(ca, (url) => findProxy(host.env, url));
  const { auth } = spec;
  if (auth.kind === 'azure') return openAzure(spec.host, auth.options, http, ca, host);
  return new DistributionRegistry(spec.host, http, credentials(spec, auth, host), host.policy);
}

function credentials(
  { host }: RegistrySpec,
  auth: Exclude<RegistrySpec['auth'], { kind: 'azure' }>,
  { env, homedir }: RegistryHost,
): CredentialSource {
  switch (auth.kind) {
    case 'docker':
      return new DockerCredentials(host, env, homedir);
    case 'basic':
      return new BasicCredentials(auth.username, auth.passwordVariable, env);
    case 'anonymous':
      return anonymous;
  }
}

async function openAzure(
  name: string,
  options: AzureOptions,
  http: HttpClient,
  ca: string | undefined,
  { env, policy, now }: RegistryHost,
): Promise<Registry> {
  const { AzureCredentials } = await import('./registry/azure/azure-credentials');
  const { AzureRegistry } = await import('./registry/azure/azure-registry');
  const { entraCredential } = await import('./registry/azure/entra-credential');
  let credential: ReturnType<typeof entraCredential> | undefined;
  const entra = () => (credential ??= entraCredential(options, env, ca));
  const source = new AzureCredentials(name, entra, new PersistentClient(http, policy), now);
  const distribution = new DistributionRegistry(name, http, source, policy);
  return new AzureRegistry(distribution, entra, ca, policy);
}

function readAuthorities(file: string): string {
  try {
    return [...rootCertificates, readFileSync(file, 'utf8')].join('\n');
  } catch (cause) {
    throw new BuildenvError('host', `Cannot read the certificate authorities in ${file}`, {
      hint: 'Check the path after `ca` of this registry in buildenv.yaml.',
      cause,
    });
  }
}
