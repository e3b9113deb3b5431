/** What kind of thing went wrong; the CLI derives the exit status from it. */
export type ErrorCode =
  /** Wrong arguments on the command line. */
  | 'usage'
  /** `buildenv.yaml` is missing, unreadable or wrong. */
  | 'config'
  /** No engine answers. */
  | 'engine-unreachable'
  /** The engine refused or failed a request. */
  | 'engine-failed'
  /** A step of an image build failed. */
  | 'build-failed'
  /** A command has ended, and what it made could not be brought back. */
  | 'outputs'
  /** A thing that was named does not exist. */
  | 'not-found'
  /** A program or file of this machine that is needed is missing or failed. */
  | 'host'
  /** The user interrupted the work. */
  | 'interrupted';

export interface ErrorDetails {
  /** One thing to do about it. */
  hint?: string | undefined;
  cause?: unknown;
}

/**
 * The base of every error that is not a bug: the message says what failed and on which thing.
 * Anything else that is thrown is a bug of ours and ends with a stack trace and status 70.
 */
export class BuildenvError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint;
  }
}
