import { setTimeout as pause } from 'node:timers/promises';
import { unavailable } from '../registry-failure';
import {
  ConnectionError,
  type HttpClient,
  type HttpRequest,
  type HttpResponse,
} from './http-client';
import type { RetryPolicy } from './retry-policy';

/** Requests that are sent again while a server is out of order. */
export class PersistentClient {
  private readonly http: HttpClient;
  private readonly policy: RetryPolicy;

  constructor(http: HttpClient, policy: RetryPolicy) {
    this.http = http;
    this.policy = policy;
  }

  /**
   * Sends a request that has the same effect once and several times.
   * @param action what fails, for the message: `read kontain/km:latest`
   * @throws {BuildenvError} `registry-unreachable` after the last attempt
   */
  async send(action: string, request: HttpRequest): Promise<HttpResponse> {
    const { host } = new URL(request.url);
    for (let attempt = 1; ; attempt++) {
      const outcome = await this.attempt(request);
      if (!(outcome instanceof Error) && !isOutage(outcome.status)) return outcome;
      if (attempt === this.policy.attempts) throw this.giveUp(action, host, outcome);
      const { reason, retryAfter } = reasonOf(outcome);
      await pause(this.policy.delay(attempt, reason, retryAfter));
    }
  }

  private async attempt(request: HttpRequest): Promise<HttpResponse | ConnectionError> {
    try {
      return await this.http.send(request);
    } catch (error) {
      if (error instanceof ConnectionError) return error;
      throw error;
    }
  }

  private giveUp(action: string, host: string, outcome: HttpResponse | ConnectionError) {
    return outcome instanceof ConnectionError
      ? unavailable(action, host, `does not answer: ${outcome.message}`, outcome)
      : unavailable(action, host, `is out of order: status ${outcome.status}`);
  }
}

const TOO_MANY_REQUESTS = 429;

/** Whether a status says that the same request may succeed later. */
export function isOutage(status: number): boolean {
  return status === TOO_MANY_REQUESTS || status === 408 || status >= 500;
}

/** Seconds in a `Retry-After` header; a date in it is left to the policy. */
export function retryAfterOf({ headers }: HttpResponse): number | undefined {
  const value = headers['retry-after'];
  return value !== undefined && /^\d+$/.test(value) ? Number(value) : undefined;
}

function reasonOf(outcome: HttpResponse | ConnectionError) {
  if (outcome instanceof ConnectionError) return { reason: 'outage' as const };
  const reason = outcome.status === TOO_MANY_REQUESTS ? 'throttled' : 'outage';
  return { reason, retryAfter: retryAfterOf(outcome) } as const;
}
