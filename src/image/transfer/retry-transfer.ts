import { setTimeout as pause } from 'node:timers/promises';
import type { RegistryCredential } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { EngineRefusedError } from '../../errors/engine-refused-error';
import type { RetryPolicy, RetryReason } from '../../registry/http/retry-policy';
import type { Registry } from '../../registry/registry';
import { classifyFailure } from './classify-failure';

export interface RetryOptions {
  policy: RetryPolicy;
  signal: AbortSignal;
  /** Told before each further attempt: why, in one line. */
  onRetry: (text: string) => void;
}

/** What is to be done about a failure. */
type Verdict =
  | { kind: 'retry'; reason: RetryReason; retryAfter?: number | undefined }
  | { kind: 'renew' }
  | { kind: 'fail'; error: BuildenvError };

/**
 * Pushes or pulls by the engine, and does all of it again where that can help: an engine repeats
 * some failures of single layers itself and gives up on others at once. Layers that are there
 * already cost next to nothing.
 * @param action what is done, for messages: `push host/kontain/km:1`
 * @param attempt one push or pull with a credential
 * @throws {BuildenvError} `registry-unreachable`, `registry-denied`, `not-found`, `registry-failed`
 */
export async function retryTransfer<T>(
  registry: Registry,
  action: string,
  attempt: (credential: RegistryCredential) => Promise<T>,
  { policy, signal, onRetry }: RetryOptions,
): Promise<T> {
  let renewed = false;
  let credential = await registry.credential();
  for (let count = 1; ;) {
    let failure: EngineRefusedError;
    try {
      return await attempt(credential);
    } catch (error) {
      if (!(error instanceof EngineRefusedError)) throw error;
      failure = error;
    }
    const verdict = await judge(registry, action, failure, renewed);
    if (verdict.kind === 'fail') throw verdict.error;
    if (verdict.kind === 'renew') {
      onRetry('the registry did not accept the token; getting another');
      credential = await registry.credential(true);
      renewed = true;
      continue;
    }
    if (count === policy.attempts) throw outOfOrder(registry, action, failure);
    const delay = policy.delay(count, verdict.reason, verdict.retryAfter);
    onRetry(`${failure.reason}; again in ${Math.ceil(delay / 1000)} s`);
    await pause(delay, undefined, { signal }).catch(() => signal.throwIfAborted());
    count += 1;
    credential = await registry.credential();
  }
}

async function judge(
  registry: Registry,
  action: string,
  failure: EngineRefusedError,
  renewed: boolean,
): Promise<Verdict> {
  switch (classifyFailure(failure.reason)) {
    case 'outage':
      return { kind: 'retry', reason: 'outage' };
    case 'throttled': {
      // The engine does not pass on how long the registry asks to wait.
      const state = await registry.ping();
      const retryAfter = state.kind === 'busy' ? state.retryAfter : undefined;
      return { kind: 'retry', reason: 'throttled', retryAfter };
    }
    case 'unauthorized': {
      // Engines say this too where the registry was out of order when it was asked for a challenge.
      const state = await registry.ping();
      if (state.kind !== 'up') return { kind: 'retry', reason: 'outage' };
      return renewed
        ? { kind: 'fail', error: notAllowed(registry, action, failure) }
        : { kind: 'renew' };
    }
    case 'denied':
      return { kind: 'fail', error: notAllowed(registry, action, failure) };
    case 'missing':
    case 'other':
      return { kind: 'fail', error: failure };
  }
}

function outOfOrder({ host }: Registry, action: string, cause: EngineRefusedError): BuildenvError {
  const message = `Cannot ${action}: ${host} is out of order: ${cause.reason}`;
  return new BuildenvError('registry-unreachable', message, {
    hint: 'Try again later; the credentials are not the reason.',
    cause,
  });
}

function notAllowed(
  { host, credentials }: Registry,
  action: string,
  cause: EngineRefusedError,
): BuildenvError {
  const message = `Cannot ${action}: ${host} does not allow it with ${credentials.name}: ${cause.reason}`;
  return new BuildenvError('registry-denied', message, { hint: credentials.remedy, cause });
}
