import type { Readable, Writable } from 'node:stream';

/** The signals that a run passes on to its command. */
export const FORWARDED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;
export type ForwardedSignal = (typeof FORWARDED_SIGNALS)[number];

export interface TerminalSize {
  rows: number;
  columns: number;
}

/** What a run has of the process that it runs in: its streams, signals and terminal. */
export interface ProcessSide {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  /** Opens the streams, which takes milliseconds, and is best done where there is something to wait for. */
  open: () => void;
  /** Whether standard input and output are a terminal. */
  terminal: boolean;
  /** @returns how to stop listening */
  onSignal(listener: (signal: ForwardedSignal) => void): () => void;
  /** @returns how to stop listening */
  onResize(listener: () => void): () => void;
  size(): TerminalSize;
  /** Keys go to the command as they are, and nothing is echoed here. */
  setRawMode(raw: boolean): Promise<void>;
}
