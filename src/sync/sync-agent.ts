import { once } from 'node:events';
import type { Duplex, Readable } from 'node:stream';
import { streamParts } from '../archive/stream-parts';
import { BuildenvError } from '../errors/buildenv-error';
import { AnswerReader } from './answers';
import type { PushPlan } from './plan-push';
import { END_OF_BATCH, getRequest, listRequest, pushRequests } from './requests';
import type { VolumeChanges, VolumeEntry } from './tree-entry';

/** More than any tree has, so that a list without end is not waited for. */
const ENTRY_LIMIT = 10_000_000;

/** What an agent is talked to by. */
export interface AgentLink {
  /** Its standard input and output. */
  stream: Duplex;
  /** Settles once it has ended. */
  ended: Promise<unknown>;
}

/**
 * A small program of ours in a container that has the volume of a tree: by its standard input and
 * output the volume is listed, written and read. It ends when this process does.
 */
export class SyncAgent {
  private readonly stream: Duplex;
  private readonly ended: Promise<unknown>;
  private readonly answers: AnswerReader;
  private closed: Promise<void> | undefined;

  constructor({ stream, ended }: AgentLink) {
    this.stream = stream;
    this.ended = ended;
    ended.catch(() => undefined);
    // What breaks the connection is met by whoever reads the next answer.
    stream.on('error', () => undefined);
    this.answers = new AnswerReader(stream);
  }

  /** @param since the agent's clock, in nanoseconds */
  async list(since: string): Promise<VolumeChanges & { clock: string }> {
    this.stream.write(listRequest(since) + END_OF_BATCH);
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
    this.stream.write(Buffer.concat([...paths.map(getRequest), Buffer.from(END_OF_BATCH)]));
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

  /** Resolves once the agent has ended. */
  close(): Promise<void> {
    return (this.closed ??= this.end());
  }

  private async end(): Promise<void> {
    this.stream.end();
    await this.ended.catch(() => undefined);
    this.stream.destroy();
  }

  private async send(requests: Readable): Promise<void> {
    for await (const chunk of requests) {
      if (!this.stream.write(chunk)) await once(this.stream, 'drain');
    }
  }
}
