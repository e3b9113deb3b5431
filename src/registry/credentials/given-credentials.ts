import type { RegistryCredential } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { keepSecret } from '../../errors/secrets';
import type { CredentialSource } from './credential-source';

/** No credentials. */
export const anonymous: CredentialSource = {
  name: 'no credentials (auth: anonymous)',
  remedy: 'Say another `auth` for this registry in buildenv.yaml.',
  get: () => Promise.resolve({ kind: 'anonymous' }),
};

/** A user of the configuration and a password of the environment. */
export class BasicCredentials implements CredentialSource {
  readonly name: string;
  readonly remedy: string;
  private readonly username: string;
  private readonly variable: string;
  private readonly password: string | undefined;

  /** @param variable name of the variable with the password */
  constructor(
    username: string,
    variable: string,
    env: Readonly<Record<string, string | undefined>>,
  ) {
    this.name = `user ${username} with the password in ${variable}`;
    this.remedy = `Check that ${variable} holds the password of ${username}, and what the user may do.`;
    this.username = username;
    this.variable = variable;
    this.password = env[variable];
  }

  get(): Promise<RegistryCredential> {
    const { username, variable, password = '' } = this;
    if (password === '') {
      const message = `The variable ${variable}, which has the password of ${username}, is not set`;
      const hint = `Set it: ${variable}=… in the environment of buildenv.`;
      return Promise.reject(new BuildenvError('registry-denied', message, { hint }));
    }
    keepSecret(password);
    return Promise.resolve({ kind: 'password', username, password });
  }
}
