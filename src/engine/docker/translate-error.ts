import { BuildenvError } from '../../errors/buildenv-error';
import { EngineRefusedError } from '../../errors/engine-refused-error';

/** An answer of the engine other than a success, as an error. */
export function engineFailure(action: string, status: number, body: string): BuildenvError {
  const code = status === 404 ? 'not-found' : 'engine-failed';
  return new EngineRefusedError(code, action, messageOf(body));
}

/** A connection that could not be made, or that broke. */
export function unreachable(url: string, cause: unknown): BuildenvError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new BuildenvError('engine-unreachable', `No engine answers at ${url}: ${reason}`, {
    hint: 'Start it, or run `buildenv engine start`; `buildenv doctor` says more.',
    cause,
  });
}

/** The engine's own words: its errors are `{"message": ...}`. */
function messageOf(body: string): string {
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    if (typeof message === 'string') return message;
  } catch {
    // Not the engine but something before it answered; its text is all there is to show.
  }
  return body.trim() || 'the engine gave no reason';
}

/** What dockerode puts before the engine's words, which it does not hand over alone for a stream. */
const DOCKERODE_PREFIX = /^\(HTTP code \d+\) .*? - /;

/**
 * Waits for a call of dockerode and turns its failure into ours by the HTTP status that it carries;
 * a failure without one is of the connection.
 */
export async function translateDockerode<T>(action: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (cause) {
    const { statusCode, message, json } = cause as {
      statusCode?: number;
      message: string;
      json?: { message?: string } | null;
    };
    if (statusCode === undefined) throw unreachable('the engine', cause);
    const words = json?.message ?? message.replace(DOCKERODE_PREFIX, '').trim();
    throw engineFailure(action, statusCode, JSON.stringify({ message: words }));
  }
}
