import type { RegistryCredential } from '../../engine/engine';
import type { CredentialSource } from '../credentials/credential-source';
import { tokenClaims, tokenExpiry } from '../credentials/token-claims';
import { AuthorizedClient } from '../http/authorized-client';
import { ConnectionError, type HttpClient } from '../http/http-client';
import { isOutage, PersistentClient, retryAfterOf } from '../http/persistent-client';
import type { RetryPolicy } from '../http/retry-policy';
import type { Availability, Login, Manifest, Registry, RegistryTag } from '../registry';
import { describeTag } from './describe-tag';
import { RepositoryApi } from './repository-api';
import { untag } from './untag';

/** Tags that are looked at at the same time. */
const AT_ONCE = 8;

/** A registry by the distribution API, which every registry speaks. */
export class DistributionRegistry implements Registry {
  readonly host: string;
  private readonly client: AuthorizedClient;
  private readonly http: HttpClient;
  private readonly source: CredentialSource;

  constructor(host: string, http: HttpClient, source: CredentialSource, policy: RetryPolicy) {
    this.host = host;
    this.http = http;
    this.source = source;
    this.client = new AuthorizedClient(host, new PersistentClient(http, policy), source);
  }

  get credentials(): Registry['credentials'] {
    return this.source;
  }

  credential(renew = false): Promise<RegistryCredential> {
    return this.source.get(renew);
  }

  async login(): Promise<Login> {
    const url = this.client.url('/v2/');
    await this.client.send(`log in to ${this.host}`, '', { method: 'GET', url });
    const credential = await this.source.get(false);
    return {
      identity: this.source.identity?.() ?? identityOf(credential),
      expires: credential.kind === 'identity-token' ? tokenExpiry(credential.token) : undefined,
    };
  }

  async ping(): Promise<Availability> {
    try {
      const response = await this.http.send({ method: 'GET', url: this.client.url('/v2/') });
      if (!isOutage(response.status)) return { kind: 'up' };
      return { kind: 'busy', retryAfter: retryAfterOf(response) };
    } catch (error) {
      if (error instanceof ConnectionError) return { kind: 'down', reason: error.message };
      throw error;
    }
  }

  findDigest(repository: string, reference: string): Promise<string | undefined> {
    return this.repository(repository).headManifest(reference);
  }

  findManifest(repository: string, reference: string): Promise<Manifest | undefined> {
    return this.repository(repository).getManifest(reference);
  }

  tagManifest(repository: string, manifest: Manifest, tag: string): Promise<void> {
    return this.repository(repository).putManifest(tag, manifest);
  }

  async listTags(repository: string): Promise<readonly RegistryTag[] | undefined> {
    const api = this.repository(repository);
    const names = await api.listTags();
    if (names === undefined) return undefined;
    const tags: RegistryTag[] = [];
    for (let begin = 0; begin < names.length; begin += AT_ONCE) {
      const some = names.slice(begin, begin + AT_ONCE);
      const described = await Promise.all(some.map((name) => describeTag(api, name)));
      tags.push(...described.filter((tag) => tag !== undefined));
    }
    return tags;
  }

  deleteTag(repository: string, tag: string): Promise<boolean> {
    return untag(this.repository(repository), tag);
  }

  deleteManifest(repository: string, digest: string): Promise<boolean> {
    return this.repository(repository).deleteManifest(digest);
  }

  private repository(name: string): RepositoryApi {
    return new RepositoryApi(this.client, name);
  }
}

function identityOf(credential: RegistryCredential): string {
  switch (credential.kind) {
    case 'anonymous':
      return 'anonymous';
    case 'password':
      return credential.username;
    case 'identity-token': {
      const subject = tokenClaims(credential.token)?.['sub'];
      return typeof subject === 'string' ? subject : 'the owner of an identity token';
    }
  }
}
