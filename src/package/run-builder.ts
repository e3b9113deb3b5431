import type { Readable } from 'node:stream';
import type { ArchiveEntry } from '../archive/archive-entry';
import { packEntries } from '../archive/pack-entries';
import type { ContainerSpec, ContainerStore } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { isOwnerAlive } from '../host/is-owner-alive';
import { LABEL } from '../image/labels';

/** What is run in a container of a builder's image. */
export interface BuilderJob {
  container: ContainerSpec;
  /** Unpacked at the root of the container's file system before it starts. */
  files: readonly ArchiveEntry[];
}

/**
 * Runs a job to its end. The container is gone afterwards, however it ends: by itself, by the
 * signal, or with this process.
 *
 * @param onLine gets each line of the output
 * @returns exit status
 * @throws {BuildenvError} `host` where a job of the same name is running; the signal's reason
 */
export async function runBuilder(
  containers: ContainerStore,
  { container, files }: BuilderJob,
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  await removeLeftOver(containers, container.name);
  const id = await containers.createContainer(container);
  const remove = () => containers.removeContainer(id).catch(() => undefined);
  const abort = () => void remove();
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    await containers.writeArchive(id, '/', packEntries(files));
    const [attachment, exit] = await Promise.all([
      containers.attachContainer(id),
      containers.waitContainer(id),
    ]);
    try {
      const ended = Promise.all([
        forEachLine(attachment, onLine),
        forEachLine(attachment.errors, onLine),
      ]);
      ended.catch(() => undefined);
      await containers.startContainer(id);
      await ended;
      const status = await exit.status();
      signal.throwIfAborted();
      return status;
    } finally {
      attachment.destroy();
    }
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/**
 * A job's name is the lock on what it writes to. A container that a killed process left before it
 * started is in nobody's way; a started one ends with its process.
 */
async function removeLeftOver(containers: ContainerStore, name: string): Promise<void> {
  const found = await containers.inspectContainer(name);
  if (found === undefined) return;
  const owner = found.labels[LABEL.owner] ?? '';
  if (found.running || isOwnerAlive(owner)) {
    throw new BuildenvError('host', `${name} is running already, for the process ${owner}`, {
      hint: 'Wait for it to end, or interrupt it.',
    });
  }
  await containers.removeContainer(found.id);
}

/** Lines of a stream of text, without their line feeds. */
async function forEachLine(stream: Readable, onLine: (line: string) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    lines.forEach(onLine);
  }
  if (rest !== '') onLine(rest);
}
