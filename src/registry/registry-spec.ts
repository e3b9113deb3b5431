/** How to get at a registry through Entra ID. */
export interface AzureOptions {
  /** Id or domain of the tenant. */
  tenant?: string | undefined;
  /** Id of the application, or of the managed identity that is meant. */
  client?: string | undefined;
  /** Id of an Azure Pipelines service connection. */
  serviceConnection?: string | undefined;
  /** Base URL of the authority, in sovereign and private clouds. */
  authorityHost?: string | undefined;
  /** The authority is none of Microsoft's own, and not to be looked up there. */
  disableInstanceDiscovery: boolean;
}

/** Where a registry's credentials come from. */
export type RegistryAuth =
  /** What `docker login` and credential helpers left. */
  | { kind: 'docker' }
  | { kind: 'azure'; options: AzureOptions }
  /** A user, and the variable that holds the password. */
  | { kind: 'basic'; username: string; passwordVariable: string }
  | { kind: 'anonymous' };

/** One entry of `registries:`, normalised. */
export interface RegistrySpec {
  /** Name in the configuration. */
  name: string;
  /** `host` or `host:port`. */
  host: string;
  /** First parts of every repository there, instead of the project's namespace. */
  path?: string | undefined;
  auth: RegistryAuth;
  /** Absolute path of a file with certificate authorities beside the system's, in PEM. */
  caFile?: string | undefined;
}
