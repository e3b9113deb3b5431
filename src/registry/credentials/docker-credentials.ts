import type { RegistryCredential } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { keepSecret } from '../../errors/secrets';
import type { CredentialSource } from './credential-source';
import { type DockerConfig, dockerConfigFile, readDockerConfig } from './docker-config';

/** The name under which the docker client keeps credentials of Docker Hub. */
const HUB_SERVER = 'https://index.docker.io/v1/';
/** The user that a helper answers with where the secret is an identity token. */
const TOKEN_USER = '<token>';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What `docker login` left, in the order of the docker client: the helper of the registry
 * (`credHelpers`), else the helper of all (`credsStore`), else the file itself (`auths`). A helper
 * that is configured is the only one asked.
 */
export class DockerCredentials implements CredentialSource {
  readonly name: string;
  readonly remedy: string;
  private readonly server: string;
  private readonly file: string;
  private readonly env: Environment;

  constructor(host: string, env: Environment, home: string) {
    this.file = dockerConfigFile(env, home);
    this.name = `the docker configuration ${this.file}`;
    this.remedy = `Log in with \`docker login ${host}\`, or say another \`auth\` for this registry in buildenv.yaml.`;
    this.server = host === 'docker.io' ? HUB_SERVER : host;
    this.env = env;
  }

  async get(): Promise<RegistryCredential> {
    const config = readDockerConfig(this.file);
    const helper = config.credHelpers?.[this.server] ?? config.credsStore;
    const credential = helper
      ? await this.fromHelper(helper)
      : storedCredential(config.auths ?? {}, this.server, this.file);
    if (credential?.kind === 'password') keepSecret(credential.password);
    if (credential?.kind === 'identity-token') keepSecret(credential.token);
    return credential ?? { kind: 'anonymous' };
  }

  private async fromHelper(helper: string): Promise<RegistryCredential | undefined> {
    const { runHelper } = await import('./run-helper');
    const answer = await runHelper(helper, this.server, this.env);
    if (answer === undefined) return undefined;
    const { Username: username, Secret: secret } = answer;
    return username === TOKEN_USER
      ? { kind: 'identity-token', token: secret }
      : { kind: 'password', username, password: secret };
  }
}

function storedCredential(
  auths: NonNullable<DockerConfig['auths']>,
  server: string,
  file: string,
): RegistryCredential | undefined {
  const entry =
    auths[server] ??
    Object.entries(auths).find(([key]) => hostOf(key) === hostOf(server))?.[1] ??
    undefined;
  // Beside an identity token the password is empty, and the user a placeholder.
  if (entry?.identitytoken) return { kind: 'identity-token', token: entry.identitytoken };
  if (!entry?.auth) return undefined;
  const [, username, password] =
    /^([^:]*):(.*)$/s.exec(Buffer.from(entry.auth, 'base64').toString('utf8')) ?? [];
  if (username === undefined || password === undefined) {
    throw new BuildenvError('host', `The entry of ${server} in ${file} is no user and password`, {
      hint: `Write it anew: docker login ${server}`,
    });
  }
  return { kind: 'password', username, password: password.replace(/\0+$/, '') };
}

/** Entries of old clients are URLs: `https://host/v1/`. */
function hostOf(server: string): string {
  return server.replace(/^https?:\/\//, '').replace(/\/.*$/, '');
}
