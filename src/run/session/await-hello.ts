import type { Duplex } from 'node:stream';
import { FrameReader } from './frame-reader';
import { FRAME } from './frames';

/**
 * Waits until a supervisor takes this client.
 * @returns its version; undefined where the connection ends before, or something else answers
 */
export function awaitHello(connection: Duplex): Promise<string | undefined> {
  return new Promise((resolve) => {
    const settle = (version: string | undefined) => {
      connection.pause();
      connection.off('data', onData).off('error', onEnd).off('close', onEnd);
      resolve(version);
    };
    const onEnd = () => settle(undefined);
    const reader = new FrameReader({
      output: () => undefined,
      frame: (type, payload) => settle(type === FRAME.hello ? payload.toString() : undefined),
      broken: () => settle(undefined),
    });
    // The supervisor says nothing more before it is told what to start.
    const onData = (chunk: Buffer) => reader.read(chunk);
    connection.on('data', onData).on('error', onEnd).on('close', onEnd);
  });
}
