import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { packEntries } from '../archive/pack-entries';
import { streamParts } from '../archive/stream-parts';
import type { Attachment, ContainerSpec, ContainerStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import { AnswerReader } from './answers';
import type { PushPlan } from './plan-push';
import { END_OF_BATCH, getRequest, listRequest, pushRequests } from './requests';
import type { VolumeChanges, VolumeEntry } from './tree-entry';

const PROGRAM = 'buildenv-sync-agent';
const FOLDER = '/buildenv-tree';

/** More than any tree has, so that a list without end is not waited for. */
const ENTRY_LIMIT = 10_000_000;

export interface AgentSetting {
  project: string;
  /** `host:pid` of this process. */
  owner: string;
  /** Reference or id of an image that the engine has; nothing of it is used. */
  image: string;
  volume: string;
  /** The agent's program for the engine's processor. */
  program: Buffer;
}

/**
 * A small program of ours in a container that has the volume: by its standard input and output the
 * volume is listed, written and read, so that nothing is needed but the engine's API, and nothing of
 * the image but its name. It ends, and its container with it, when this process does.
 */
export class SyncAgent {
  private readonly connection: Attachment;
  private readonly answers: AnswerReader;
  private readonly exit: Promise<number>;
  private closed: Promise<void> | undefined;

  private constructor(connection: Attachment, exit: Promise<number>) {
    this.connection = connection;
    this.exit = exit;
    exit.catch(() => undefined);
    // What breaks the connection is met by whoever reads the next answer.
    connection.on('error', () => undefined);
    connection.errors.resume();
    this.answers = new AnswerReader(connection);
  }

  static async start(containers: ContainerStore, setting: AgentSetting): Promise<SyncAgent> {
    const id = await containers.createContainer(agentContainer(setting));
    try {
      await containers.writeArchive(id, '/', packEntries([programEntry(setting.program)]));
      const [connection, exit] = await Promise.all([
        containers.attachContainer(id),
        containers.waitContainer(id),
      ]);
      await containers.startContainer(id);
      return new SyncAgent(connection, exit.status());
    } catch (error) {
      await containers.removeContainer(id).catch(() => undefined);
      throw error;
    }
  }

  /** @param since the agent's clock, in nanoseconds */
  async list(since: string): Promise<VolumeChanges & { clock: string }> {
    this.connection.write(listRequest(since) + END_OF_BATCH);
    const folders = new Set<string>();
    const entries = new Map<string, VolumeEntry>();
    for (;;) {
      const answer = await this.answers.next();
      if (answer.verb === 'end') return { folders, entries, clock: answer.clock };
      if (answer.verb === 'changed') folders.add(answer.path);
      else if (answer.verb === 'listed') entries.set(answer.entry.path, answer.entry);
      else throw new BuildenvError('engine-failed', 'The sync agent gave what nobody asked for');
      if (folders.size + entries.size > ENTRY_LIMIT) {
        throw new BuildenvError('engine-failed', 'The volume of the tree has too many files');
      }
    }
  }

  /**
   * @param root absolute path of the tree
   * @returns the agent's clock after the last change
   */
  async push(plan: PushPlan, root: string): Promise<string> {
    const [answer] = await Promise.all([
      this.answers.next(),
      this.send(streamParts(pushRequests(plan, root))),
    ]);
    if (answer.verb === 'end') return answer.clock;
    throw new BuildenvError('engine-failed', 'The sync agent gave what nobody asked for');
  }

  /** Hands over each of the paths with its content, in their order. */
  async fetch(
    paths: readonly string[],
    receive: (entry: VolumeEntry, content: AsyncIterable<Buffer>) => Promise<void>,
  ): Promise<void> {
    const requests = [...paths.map(getRequest), END_OF_BATCH].join('');
    this.connection.write(requests);
    for (const path of paths) {
      const answer = await this.answers.next();
      if (answer.verb !== 'got' || answer.entry.path !== path) {
        throw new BuildenvError('engine-failed', `The sync agent gave another file than ${path}`);
      }
      const { kind, size } = answer.entry;
      const hasContent = kind === 'file' || kind === 'link';
      await receive(answer.entry, this.answers.content(hasContent ? size : 0));
    }
    await this.answers.next();
  }

  /** Resolves once the container is gone. */
  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  private async end(): Promise<void> {
    this.connection.end();
    await this.exit.catch(() => undefined);
    this.connection.destroy();
  }

  private async send(requests: Readable): Promise<void> {
    for await (const chunk of requests) {
      if (!this.connection.write(chunk)) await once(this.connection, 'drain');
    }
  }
}

function programEntry(content: Buffer) {
  return { kind: 'buffer', path: PROGRAM, content, mode: 0o755, uid: 0, gid: 0, mtime: 0 } as const;
}

function agentContainer({ project, owner, image, volume }: AgentSetting): ContainerSpec {
  return {
    name: `buildenv-${project}-sync-${randomUUID().slice(0, 8)}`,
    image,
    entrypoint: [`/${PROGRAM}`],
    command: [FOLDER],
    user: '0:0',
    workingDir: '/',
    env: [],
    labels: { [LABEL.project]: project, [LABEL.kind]: 'sync', [LABEL.owner]: owner },
    mounts: [{ type: 'volume', source: volume, target: FOLDER }],
    devices: [],
    ulimits: [],
    capabilities: [],
    // The agent opens no connection, and a network of its own is what takes long to make.
    network: 'host',
    groups: [],
    securityOptions: [],
    terminal: false,
  };
}
