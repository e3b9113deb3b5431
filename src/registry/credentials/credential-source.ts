import type { RegistryCredential } from '../../engine/engine';

/** Where a registry's credentials come from. */
export interface CredentialSource {
  /** For messages: `the docker configuration /root/.docker/config.json`. */
  readonly name: string;
  /** What to do where the registry does not accept them. */
  readonly remedy: string;
  /**
   * @param renew not what was handed out before
   * @throws {BuildenvError} `registry-denied` where there are none that could work, `host` where
   * what is to know them fails
   */
  get(renew: boolean): Promise<RegistryCredential>;
  /** As whom, where the credential itself does not say it. */
  identity?(): string | undefined;
}
