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
import { familiarTags } from './familiar-tags';
import { readEvents, type StreamLine } from './event-stream';
import { transfer } from './transfer';

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

/** Images by the Engine API, and their builds by dockerode. */
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
      // Podman refuses a list of no labels.
      query: labels.length === 0 ? {} : { filters: JSON.stringify({ label: labels }) },
      action: 'list the images',
    });
    return (answer as ImageJson[]).map((image) => ({
      id: image.Id,
      tags: familiarTags(image.RepoTags, this.api.podman),
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
      return imageDetails(answer as ImageInspectJson, this.api.podman);
    } catch (error) {
      if (error instanceof BuildenvError && error.code === 'not-found') return undefined;
      throw error;
    }
  }

  async tagImage(source: string, repository: string, tag: string): Promise<void> {
    await this.api.act('POST', `/images/${source}/tag`, {
      query: { repo: repository, tag },
      action: `tag ${source} as ${repository}:${tag}`,
    });
  }

  async removeImage(reference: string): Promise<void> {
    await this.api.act('DELETE', `/images/${reference}`, {
      action: `remove the image ${reference}`,
    });
  }

  async pullImage(request: TransferRequest, onEvent: OnTransferProgress): Promise<void> {
    await transfer('pull', this.api, request, onEvent);
  }

  async pushImage(
    request: TransferRequest,
    onEvent: OnTransferProgress,
  ): Promise<string | undefined> {
    return transfer('push', this.api, request, onEvent);
  }

  async importImage(request: ImportRequest, layer: Readable): Promise<string> {
    const { repository = '', tag = '', changes } = request;
    const action = repository === '' ? 'import a layer' : `import the image ${repository}:${tag}`;
    // Podman takes no notice of a tag that is apart.
    const repo = tag === '' ? repository : `${repository}:${tag}`;
    const query = { fromSrc: '-', repo, changes };
    let id: string | undefined;
    for await (const { status } of this.send('/images/create', query, layer, action)) id = status;
    if (id === undefined) throw new BuildenvError('engine-failed', `Cannot ${action}: no image id`);
    return id;
  }

  async loadImage(archive: Readable): Promise<void> {
    const lines = this.send('/images/load', { quiet: 1 }, archive, 'load the image');
    while ((await lines.next()).done !== true);
  }

  async buildImage(
    request: BuildRequest,
    context: Readable,
    onEvent: OnEngineEvent,
  ): Promise<string> {
    return buildImage(await this.docker(), request, context, onEvent);
  }

  /** The engine's answer to an archive; where the archive's stream failed, that is the error. */
  private async *send(
    path: string,
    query: Readonly<Record<string, string | number | readonly string[]>>,
    archive: Readable,
    action: string,
  ): AsyncGenerator<StreamLine> {
    try {
      const answer = await this.api.stream('POST', path, { query, archive, action });
      yield* readEvents(answer, action);
    } catch (error) {
      throw archive.errored ?? error;
    }
  }
}

function imageDetails(image: ImageInspectJson, podman: boolean): ImageDetails {
  const config = image.Config ?? {};
  return {
    id: image.Id,
    tags: familiarTags(image.RepoTags, podman),
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
