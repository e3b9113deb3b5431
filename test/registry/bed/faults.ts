import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** Something that goes wrong with a request. */
export type Fault = {
  method?: string;
  path: RegExp;
  /** How many requests it meets; 1 without. */
  times?: number;
} & (
  | /** The answer is of this status. */ {
      kind: 'status';
      status: number;
      headers?: Record<string, string>;
      body?: string;
    }
    /** The connection is reset, after so many bytes of the request or at once. */
  | { kind: 'reset'; after?: number }
  /** The answer ends after so many bytes. */
  | { kind: 'truncate'; after: number }
  /** The answer comes so many milliseconds later. */
  | { kind: 'slow'; delay: number }
  /** Something is done after so many bytes of the request, or before it is passed on. */
  | { kind: 'hook'; after?: number; action: () => Promise<void> | void }
);

/** The faults that are still to happen, and connections that can be reset. */
export class Faults {
  private pending: Fault[] = [];
  private readonly sockets = new Map<number, Socket>();

  add(...faults: readonly Fault[]): void {
    this.pending.push(...faults.map((fault) => ({ ...fault })));
  }

  /** How many requests are still to meet one. */
  get left(): number {
    return this.pending.reduce((sum, { times = 1 }) => sum + times, 0);
  }

  clear(): void {
    this.pending = [];
  }

  /** The fault that a request meets. */
  take({ method, url = '' }: IncomingMessage): Fault | undefined {
    const fault = this.pending.find(
      (one) => (one.method ?? method) === method && one.path.test(decodeURIComponent(url)),
    );
    if (fault === undefined) return undefined;
    fault.times = (fault.times ?? 1) - 1;
    if (fault.times === 0) this.pending = this.pending.filter((one) => one !== fault);
    return fault;
  }

  /** Remembers a connection below TLS, which alone can be reset. */
  watch(socket: Socket): void {
    const port = socket.remotePort ?? 0;
    this.sockets.set(port, socket);
    socket.on('close', () => this.sockets.delete(port));
    socket.on('error', () => undefined);
  }

  reset(message: IncomingMessage | ServerResponse): void {
    this.sockets.get(message.socket?.remotePort ?? 0)?.resetAndDestroy();
  }
}
