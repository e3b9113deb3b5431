import type { Writable } from 'node:stream';
import type { ContainerSpec, ContainerStore } from '../engine/engine';
import { InterruptedError } from '../errors/interrupted-error';
import type { ProcessSide } from './process-side';
import { SignalGate } from './signal-gate';

/**
 * Runs a planned command with this process's streams, signals and terminal, and removes the
 * container.
 * @returns the command's exit status; 128 and the signal's number where a signal ended it
 * @throws {InterruptedError} for a signal before the command began, and with SIGPIPE when nobody
 * reads the output any more
 */
export async function applyRun(
  containers: ContainerStore,
  spec: ContainerSpec,
  side: ProcessSide,
): Promise<number> {
  const signals = new SignalGate(side);
  try {
    const id = await containers.createContainer(spec);
    try {
      return await attachAndRun(containers, id, spec.terminal, side, signals);
    } catch (error) {
      await containers.removeContainer(id).catch(() => undefined);
      throw isBrokenPipe(error) ? new InterruptedError('SIGPIPE') : error;
    }
  } finally {
    signals.close();
  }
}

async function attachAndRun(
  containers: ContainerStore,
  id: string,
  terminal: boolean,
  side: ProcessSide,
  signals: SignalGate,
): Promise<number> {
  const [attachment, exit] = await Promise.all([
    containers.attachContainer(id, terminal),
    containers.waitContainer(id),
  ]);
  const undo: (() => void)[] = [() => attachment.close()];
  try {
    if (terminal) {
      undo.push(() => void side.setRawMode(false));
      await side.setRawMode(true);
    }
    signals.check();
    const started = containers.startContainer(id);
    // While the engine starts the command, which takes it long, the streams are opened.
    const ended = Promise.race([
      attachment.pipeOutput(side.stdout, side.stderr),
      firstError(side.stdout, side.stderr),
    ]);
    ended.catch(() => undefined);
    connectInput(side, attachment.stdin);
    undo.push(() => side.stdin.unpipe(attachment.stdin));
    await started;
    signals.open((signal) => void containers.signalContainer(id, signal).catch(() => undefined));
    if (terminal) {
      const resize = () => void containers.resizeContainer(id, side.size()).catch(() => undefined);
      undo.push(side.onResize(resize));
      resize();
    }
    await ended;
    return await exit.status();
  } finally {
    for (const step of undo.reverse()) step();
  }
}

/** The command may end, or close its standard input, before all of the input is read. */
function connectInput(side: ProcessSide, stdin: Writable): void {
  stdin.on('error', () => side.stdin.unpipe(stdin));
  side.stdin.on('error', () => stdin.end());
  side.stdin.pipe(stdin);
}

function firstError(...streams: readonly Writable[]): Promise<never> {
  return new Promise((_resolve, reject) => {
    for (const stream of streams) stream.once('error', reject);
  });
}

function isBrokenPipe(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}
