import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { BuildenvError } from '../../errors/buildenv-error';
import type {
  BuildRequest,
  ImageDetails,
  ImageStore,
  ImageSummary,
  ImportRequest,
  TransferRequest,
  OnEngineEvent,
  OnTransferProgress,
} from '../engine';
import type { ApiClient } from './api-client';
import { buildImage } from './build-image';
import { readEvents } from './event-stream';
import { transfer } from './transfer';
import { translateDockerode } from './translate-error';

interface ImageJson {
  Id: string;
  RepoTags: string[] | null;
  Labels: Record<string, string> | null;
  Created: number;
  Size: number;
}

interface ImageInspectJson {
  Id: string;
  RepoTags: string[] | null;
  Created: string;
  Size: number;
  Architecture: string;
  Os: string;
  RootFS: { Layers?: string[] };
  Config: {
    Labels?: Record<string, string> | null;
    Entrypoint?: string[] | null;
    Cmd?: string[] | null;
    Env?: string[] | null;
    User?: string;
    WorkingDir?: string;
  } | null;
}

/** Images by the Engine API, and by dockerode where nobody waits for the start of it. */
export class DockerImages implements ImageStore {
  private readonly api: ApiClient;
  private readonly docker: () => Promise<Dockerode>;

  /** @param docker loads dockerode when it is first needed */
  constructor(api: ApiClient, docker: () => Promise<Dockerode>) {
    this.api = api;
    this.docker = docker;
  }

  async listImages(labels: readonly string[]): Promise<ImageSummary[]> {
    const answer = await this.api.json('GET', '/images/json', {
      query: { filters: JSON.stringify({ label: labels }) },
      action: 'list the images',
    });
    return (answer as ImageJson[]).map((image) => ({
      id: image.Id,
      tags: (image.RepoTags ?? []).filter((tag) => tag !== '<none>:<none>'),
      labels: image.Labels ?? {},
      created: image.Created,
      size: image.Size,
    }));
  }

  async inspectImage(reference: string): Promise<ImageDetails | undefined> {
    try {
      const answer = await this.api.json('GET', `/images/${reference}/json`, {
        action: `inspect the image ${reference}`,
      });
      return imageDetails(answer as ImageInspectJson);
    } catch (error) {
      if (error instanceof BuildenvError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async tagImage(source: string, repository: string, tag: string): Promise<void> {
    const docker = await this.docker();
    await translateDockerode(
      `tag ${source} as ${repository}:${tag}`,
      docker.getImage(source).tag({ repo: repository, tag }),
    );
  }

  async removeImage(reference: string): Promise<void> {
    const docker = await this.docker();
    await translateDockerode(`remove the image ${reference}`, docker.getImage(reference).remove());
  }

  async pullImage(request: TransferRequest, onEvent: OnTransferProgress): Promise<void> {
    await transfer('pull', await this.docker(), request, onEvent);
  }

  async pushImage(
    request: TransferRequest,
    onEvent: OnTransferProgress,
  ): Promise<string | undefined> {
    return transfer('push', await this.docker(), request, onEvent);
  }

  async importImage(request: ImportRequest, layer: Readable): Promise<string> {
    const action = `import the image ${request.repository}:${request.tag}`;
    let id: string | undefined;
    try {
      const answer = await this.api.stream('POST', '/images/create', {
        query: {
          fromSrc: '-',
          repo: request.repository,
          tag: request.tag,
          changes: request.changes,
        },
        archive: layer,
        action,
      });
      for await (const { status } of readEvents(answer, action)) id = status;
    } catch (error) {
      throw layer.errored ?? error;
    }
    if (id === undefined) throw new BuildenvError('engine-failed', `Cannot ${action}: no image id`);
    return id;
  }

  async buildImage(
    request: BuildRequest,
    context: Readable,
    onEvent: OnEngineEvent,
  ): Promise<string> {
    return buildImage(await this.docker(), request, context, onEvent);
  }
}

function imageDetails(image: ImageInspectJson): ImageDetails {
  const config = image.Config ?? {};
  return {
    id: image.Id,
    tags: image.RepoTags ?? [],
    labels: config.Labels ?? {},
    created: Math.floor(Date.parse(image.Created) / 1000),
    size: image.Size,
    architecture: image.Architecture,
    os: image.Os,
    layers: image.RootFS.Layers ?? [],
    entrypoint: config.Entrypoint ?? [],
    cmd: config.Cmd ?? [],
    env: config.Env ?? [],
    user: config.User ?? '',
    workingDir: config.WorkingDir ?? '',
  };
}
