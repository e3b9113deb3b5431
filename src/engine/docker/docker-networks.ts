import { BuildenvError } from '../../errors/buildenv-error';
import type { NetworkStore, NetworkSummary } from '../engine';
import type { ApiClient } from './api-client';

/** Networks by the Engine API. */
export class DockerNetworks implements NetworkStore {
  private readonly api: ApiClient;

  constructor(api: ApiClient) {
    this.api = api;
  }

  async listNetworks(labels: readonly string[]): Promise<NetworkSummary[]> {
    const answer = await this.api.json('GET', '/networks', {
      query: { filters: JSON.stringify({ label: labels }) },
      action: 'list the networks',
    });
    return (answer as { Name: string; Labels: Record<string, string> | null }[]).map(
      ({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }),
    );
  }

  async inspectNetwork(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      const answer = await this.api.json('GET', `/networks/${name}`, {
        action: `inspect the network ${name}`,
      });
      return (answer as { Labels: Record<string, string> | null }).Labels ?? {};
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  async createNetwork(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    await this.api.act('POST', '/networks/create', {
      json: { Name: name, Driver: 'bridge', CheckDuplicate: true, Labels: labels },
      action: `create the network ${name}`,
    });
  }

  async removeNetwork(name: string): Promise<void> {
    try {
      await this.api.act('DELETE', `/networks/${name}`, { action: `remove the network ${name}` });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof BuildenvError && error.code === 'not-found';
}
