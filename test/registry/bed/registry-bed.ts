import { cpSync, mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { AcrApi } from './acr-api';
import { selfSigned } from './certificates';
import { DockerRegistry } from './docker-registry';
import type { Faults } from './faults';
import { Front, type SeenRequest } from './front';
import { ISSUER, TokenServer } from './token-server';

/** Who is known to every bed, beside nobody, who may pull from `public/`. */
export const ADMIN = { username: 'admin-of-test', password: 'admin-password-1' };
/** May pull alone. */
export const READER = { username: 'reader-of-test', password: 'reader-password-2' };
/** May do everything, in `scoped/` alone. */
export const SCOPED = { username: 'scoped-token', password: 'scoped-password-3' };
/** An application of Entra ID. */
export const APPLICATION = {
  tenant: '11111111-1111-1111-1111-111111111111',
  client: '22222222-2222-2222-2222-222222222222',
  secret: 'application-secret-4',
};

const EVERYTHING = ['pull', 'push', 'delete', 'metadata_read', 'metadata_write'];

/**
 * Debian's docker-registry with token authentication, behind an imitation of what Azure's registries
 * and Entra ID add to it, over TLS on the loopback interface. Engines need no configuration for it.
 */
export class RegistryBed {
  readonly folder: string;
  /** File with the certificate that vouches for the bed. */
  readonly caFile: string;
  readonly tokens: TokenServer;
  readonly acr: AcrApi;
  private readonly front: Front;
  private readonly registry: DockerRegistry;

  private constructor(parts: {
    folder: string;
    caFile: string;
    tokens: TokenServer;
    acr: AcrApi;
    front: Front;
    registry: DockerRegistry;
  }) {
    ({
      folder: this.folder,
      caFile: this.caFile,
      tokens: this.tokens,
      acr: this.acr,
      front: this.front,
      registry: this.registry,
    } = parts);
  }

  static async start(): Promise<RegistryBed> {
    const folder = mkdtempSync(join(tmpdir(), 'buildenv-registry-'));
    const tls = selfSigned(folder, 'tls', 'ec');
    const signer = selfSigned(folder, 'token', 'rsa');
    const front = new Front(tls);
    await front.listen();
    const { host } = front;
    const registry = await DockerRegistry.start({
      folder,
      token: {
        realm: `https://${host}/oauth2/token`,
        service: host,
        issuer: ISSUER,
        certificateFile: signer.certificateFile,
      },
    });
    const tokens = new TokenServer(signer, host);
    const acr = new AcrApi(() => host, registry.storage);
    front.upstream = registry.port;
    front.tokens = tokens;
    front.acr = acr;
    addAccounts(tokens);
    return new RegistryBed({ folder, caFile: tls.certificateFile, tokens, acr, front, registry });
  }

  /** `127.0.0.1:port` */
  get host(): string {
    return this.front.host;
  }

  /** Base URL of Entra ID. */
  get authority(): string {
    return `https://localhost:${this.front.port}`;
  }

  get faults(): Faults {
    return this.front.faults;
  }

  /** Every request so far, in the order of the answers. */
  get seen(): readonly SeenRequest[] {
    return this.front.seen;
  }

  /** Ends the registry behind the front, and starts it again. */
  async restart(signal: NodeJS.Signals): Promise<void> {
    await this.registry.stop(signal);
    await this.registry.start();
  }

  /** Digest that the registry's storage has under a tag, as a witness; undefined for none. */
  storedDigest(repository: string, tag: string): string | undefined {
    try {
      return readFileSync(this.tagLink(repository, tag), 'utf8');
    } catch {
      return undefined;
    }
  }

  /** Puts more tags where one is. */
  copyTag(repository: string, from: string, tags: readonly string[]): void {
    const folder = (tag: string) => dirname(dirname(this.tagLink(repository, tag)));
    for (const tag of tags) cpSync(folder(from), folder(tag), { recursive: true });
  }

  /** Makes a tag as old as if it had moved last at a time. */
  setTagTime(repository: string, tag: string, time: Date): void {
    utimesSync(this.tagLink(repository, tag), time, time);
  }

  async stop(): Promise<void> {
    await this.front.close();
    await this.registry.stop('SIGKILL');
    rmSync(this.folder, { recursive: true });
  }

  private tagLink(repository: string, tag: string): string {
    const repositories = join(this.registry.storage, 'docker/registry/v2/repositories');
    return join(repositories, repository, '_manifests/tags', tag, 'current/link');
  }
}

function addAccounts({ accounts }: TokenServer): void {
  const all = { repositories: /./, actions: EVERYTHING };
  accounts.set(ADMIN.username, { password: ADMIN.password, ...all });
  accounts.set(APPLICATION.client, { password: APPLICATION.secret, ...all });
  accounts.set(READER.username, {
    password: READER.password,
    repositories: /./,
    actions: ['pull', 'metadata_read'],
  });
  accounts.set(SCOPED.username, {
    password: SCOPED.password,
    repositories: /^scoped\//,
    actions: EVERYTHING,
  });
  accounts.set('anonymous', { repositories: /^public\//, actions: ['pull'] });
}
