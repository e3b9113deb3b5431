import type Dockerode from 'dockerode';
import { BuildenvError } from '../../errors/buildenv-error';
import type { VolumeStore, VolumeSummary } from '../engine';
import type { ApiClient } from './api-client';
import { translateDockerode } from './translate-error';

/** Volumes by the Engine API, and by dockerode where nobody waits for the start of it. */
export class DockerVolumes implements VolumeStore {
  private readonly api: ApiClient;
  private readonly docker: () => Promise<Dockerode>;

  /** @param docker loads dockerode when it is first needed */
  constructor(api: ApiClient, docker: () => Promise<Dockerode>) {
    this.api = api;
    this.docker = docker;
  }

  async listVolumes(labels: readonly string[]): Promise<VolumeSummary[]> {
    const answer = await this.api.json('GET', '/volumes', {
      query: { filters: JSON.stringify({ label: labels }) },
      action: 'list the volumes',
    });
    const { Volumes } = answer as {
      Volumes: { Name: string; Labels: Record<string, string> | null }[] | null;
    };
    return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }));
  }

  async inspectVolume(name: string): Promise<Readonly<Record<string, string>> | undefined> {
    try {
      const answer = await this.api.json('GET', `/volumes/${name}`, {
        action: `inspect the volume ${name}`,
      });
      return (answer as { Labels: Record<string, string> | null }).Labels ?? {};
    } catch (error) {
      if (error instanceof BuildenvError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async createVolume(name: string, labels: Readonly<Record<string, string>>): Promise<void> {
    const docker = await this.docker();
    await translateDockerode(
      `create the volume ${name}`,
      docker.createVolume({ Name: name, Labels: { ...labels } }),
    );
  }

  async removeVolume(name: string): Promise<void> {
    const docker = await this.docker();
    await translateDockerode(`remove the volume ${name}`, docker.getVolume(name).remove());
  }
}
