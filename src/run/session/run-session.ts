import { constants } from 'node:os';
import type { Duplex, Writable } from 'node:stream';
import { BuildenvError } from '../../errors/buildenv-error';
import { InterruptedError } from '../../errors/interrupted-error';
import type { ProcessSide } from '../process-side';
import type { SignalGate } from '../signal-gate';
import { commandFailure, exitStatus } from './end-of-session';
import { FrameReader } from './frame-reader';
import { FRAME, frame, resizeFrame } from './frames';
import { InputSender } from './input-sender';
import { secretFrame, type SessionRequest, startFrame } from './session-request';

/**
 * Runs a command by a supervisor that has said hello, with this process's streams, signals and
 * terminal. Closes the connection.
 * @returns the command's exit status; 128 and the signal's number where a signal ended it
 * @throws {BuildenvError} `command-not-found`, `command-refused`, or `engine-failed` where the
 * connection ends before the command
 * @throws {InterruptedError} for a signal before the command began, and with SIGPIPE when nobody
 * reads the output any more
 */
export async function runSession(
  connection: Duplex,
  request: SessionRequest,
  side: ProcessSide,
  signals: SignalGate,
): Promise<number> {
  const { terminal } = side;
  const undo: (() => void)[] = [() => connection.destroy()];
  try {
    if (terminal) {
      undo.push(() => void side.setRawMode(false));
      await side.setRawMode(true);
    }
    signals.check();
    const start = startFrame(request, terminal ? side.size() : undefined);
    for (const secret of request.secrets) connection.write(secretFrame(secret));
    connection.write(start);
    const input = new InputSender(side.stdin, connection);
    const ended = waitForEnd(connection, side, input, request);
    input.start();
    undo.push(() => input.stop());
    signals.open((signal) => {
      connection.write(frame(FRAME.signal, Buffer.of(constants.signals[signal])));
    });
    if (terminal) undo.push(side.onResize(() => connection.write(resizeFrame(side.size()))));
    return await ended;
  } finally {
    for (const step of undo.reverse()) step();
  }
}

/** Passes output on until the supervisor says how the command ended. */
function waitForEnd(
  connection: Duplex,
  side: ProcessSide,
  input: InputSender,
  request: SessionRequest,
): Promise<number> {
  return new Promise((resolve, reject) => {
    const pass = (target: Writable, data: Buffer) => {
      if (target.write(data)) return;
      connection.pause();
      target.once('drain', () => connection.resume());
    };
    const reader = new FrameReader({
      output: (type, data) => pass(type === FRAME.stdout ? side.stdout : side.stderr, data),
      frame(type, payload) {
        if (type === FRAME.credit) input.credit(payload.readUInt32BE(0));
        else if (type === FRAME.exit) resolve(exitStatus(payload));
        else if (type === FRAME.failed) reject(commandFailure(payload, request));
      },
      broken: () => reject(brokenOff(undefined)),
    });
    connection.on('data', (chunk: Buffer) => reader.read(chunk));
    if (connection.destroyed) reject(brokenOff(undefined));
    connection.resume();
    connection.on('error', (cause) => reject(brokenOff(cause)));
    connection.on('close', () => reject(brokenOff(undefined)));
    for (const target of [side.stdout, side.stderr]) {
      target.once('error', (error) => reject(isBrokenPipe(error) ? sigpipe() : error));
    }
  });
}

function brokenOff(cause: Error | undefined): BuildenvError {
  const message = "The connection to the command's container broke off before the command ended";
  return cause instanceof BuildenvError
    ? cause
    : new BuildenvError('engine-failed', message, { cause });
}

function sigpipe(): InterruptedError {
  return new InterruptedError('SIGPIPE');
}

function isBrokenPipe(error: Error): boolean {
  return (error as NodeJS.ErrnoException).code === 'EPIPE';
}
