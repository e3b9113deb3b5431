import type { ContainerRegistryClient } from '@azure/container-registry';
import type { TokenCredential } from '@azure/identity';
import { setTimeout as pause } from 'node:timers/promises';
import type { RegistryCredential } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { RetryPolicy } from '../http/retry-policy';
import type { Availability, Login, Manifest, Registry, RegistryTag } from '../registry';
import { unavailable } from '../registry-failure';

/** What the SDK's HTTP pipeline throws. */
interface RestError {
  statusCode?: number;
  code?: string;
  message: string;
}

const NOT_FOUND = 404;
const TOO_MANY_REQUESTS = 429;

/**
 * An Azure Container Registry: tags with their times and locks, and their removal, by Azure's SDK;
 * the rest by the distribution API.
 */
export class AzureRegistry implements Registry {
  readonly host: string;
  private readonly distribution: Registry;
  private readonly entra: () => Promise<TokenCredential>;
  private readonly ca: string | undefined;
  private readonly policy: RetryPolicy;
  private client: Promise<ContainerRegistryClient> | undefined;

  /** @param distribution the same registry by the distribution API */
  constructor(
    distribution: Registry,
    entra: () => Promise<TokenCredential>,
    ca: string | undefined,
    policy: RetryPolicy,
  ) {
    this.host = distribution.host;
    this.distribution = distribution;
    this.entra = entra;
    this.ca = ca;
    this.policy = policy;
  }

  get credentials(): Registry['credentials'] {
    return this.distribution.credentials;
  }

  credential(renew?: boolean): Promise<RegistryCredential> {
    return this.distribution.credential(renew);
  }

  login(): Promise<Login> {
    return this.distribution.login();
  }

  ping(): Promise<Availability> {
    return this.distribution.ping();
  }

  findDigest(repository: string, reference: string): Promise<string | undefined> {
    return this.distribution.findDigest(repository, reference);
  }

  findManifest(repository: string, reference: string): Promise<Manifest | undefined> {
    return this.distribution.findManifest(repository, reference);
  }

  tagManifest(repository: string, manifest: Manifest, tag: string): Promise<void> {
    return this.distribution.tagManifest(repository, manifest, tag);
  }

  listTags(repository: string): Promise<readonly RegistryTag[] | undefined> {
    return this.ask(`list the tags of ${this.host}/${repository}`, async (client) => {
      const tags: RegistryTag[] = [];
      const one = client.getArtifact(repository, 'any');
      for await (const tag of one.listTagProperties({ order: 'LastUpdatedOnDescending' })) {
        const { name, digest, lastUpdatedOn: updated, canDelete, canWrite } = tag;
        tags.push({ name, digest, updated, locked: canDelete === false || canWrite === false });
      }
      return tags;
    });
  }

  async deleteTag(repository: string, tag: string): Promise<boolean> {
    const done = await this.ask(`remove ${this.host}/${repository}:${tag}`, async (client) => {
      const artifact = client.getArtifact(repository, tag);
      await artifact.getTagProperties(tag); // Deleting what is not there succeeds silently.
      await artifact.deleteTag(tag);
      return true;
    });
    return done ?? false;
  }

  async deleteManifest(repository: string, digest: string): Promise<boolean> {
    const done = await this.ask(`remove ${this.host}/${repository}@${digest}`, async (client) => {
      const artifact = client.getArtifact(repository, digest);
      await artifact.getManifestProperties();
      await artifact.delete();
      return true;
    });
    return done ?? false;
  }

  /**
   * A question to the SDK, which itself repeats what failed for the network or a server's error, but
   * not what was too much where the registry does not say for how long.
   * @returns undefined where the thing is not there
   */
  private async ask<T>(
    action: string,
    question: (client: ContainerRegistryClient) => Promise<T>,
  ): Promise<T | undefined> {
    const client = await (this.client ??= this.open());
    for (let attempt = 1; ; attempt++) {
      try {
        return await question(client);
      } catch (error) {
        const { statusCode } = error as RestError;
        if (statusCode === NOT_FOUND) return undefined;
        const again = statusCode === TOO_MANY_REQUESTS && attempt < this.policy.attempts;
        if (!again) throw this.failure(action, error);
      }
      await pause(this.policy.delay(attempt, 'throttled'));
    }
  }

  private async open(): Promise<ContainerRegistryClient> {
    const { ContainerRegistryClient: Client } = await import('@azure/container-registry');
    const options = this.ca === undefined ? {} : { tlsOptions: { ca: this.ca } };
    return new Client(`https://${this.host}`, await this.entra(), options);
  }

  private failure(action: string, cause: unknown): BuildenvError {
    if (cause instanceof BuildenvError) return cause;
    const { statusCode, message } = cause as RestError;
    const [words = ''] = message.split('\n');
    if (statusCode === undefined) {
      return unavailable(action, this.host, `does not answer: ${words}`, cause);
    }
    if (statusCode >= 500 || statusCode === TOO_MANY_REQUESTS) {
      return unavailable(action, this.host, `is out of order: status ${statusCode}`, cause);
    }
    const refused = statusCode === 401 || statusCode === 403;
    return new BuildenvError(
      refused ? 'registry-denied' : 'registry-failed',
      `Cannot ${action}: ${this.host} says ${words || 'nothing'} (${statusCode})`,
      {
        hint: refused
          ? 'Check the role at the registry: AcrDelete, or in ABAC mode Container Registry Repository Contributor.'
          : 'It may be locked: az acr repository show says so.',
        cause,
      },
    );
  }
}
