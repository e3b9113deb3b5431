import { redact } from './secrets';

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
  /** No registry answers, or it is out of order. */
  | 'registry-unreachable'
  /** A registry does not accept the credentials, or does not allow this with them. */
  | 'registry-denied'
  /** A registry refused or failed a request for another reason. */
  | 'registry-failed'
  /** A thing that was named does not exist. */
  | 'not-found'
  /** A program or file of this machine that is needed is missing or failed. */
  | 'host'
  /** The environment has no such command. */
  | 'command-not-found'
  /** The command is there, and cannot be executed. */
  | 'command-refused'
  /** The user interrupted the work. */
  | 'interrupted';

export interface ErrorDetails {
  /** One thing to do about it. */
  hint?: string | undefined;
  cause?: unknown;
}

/**
 * The base of every error that is not a bug: the message says what failed and on which thing.
 * Anything else that is thrown is a bug of ours and ends with a stack trace and status 70. Known
 * secrets are taken out of message and hint, since other programs' words become part of them.
 */
export class BuildenvError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(redact(message), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = details.hint === undefined ? undefined : redact(details.hint);
  }
}
