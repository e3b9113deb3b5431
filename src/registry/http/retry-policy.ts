/** Why something is tried again: the server is out of order, or has had too many requests. */
export type RetryReason = 'outage' | 'throttled';

/** How often something is tried, and how long to wait before each time but the first. */
export interface RetryPolicy {
  attempts: number;
  /**
   * Milliseconds to wait.
   * @param attempt how many have failed, from 1
   * @param retryAfter seconds that the server asks for, where it does
   */
  delay: (attempt: number, reason: RetryReason, retryAfter?: number) => number;
}

const SECOND = 1000;
/** A server that asks for more is not waited for that long at a time. */
const LONGEST = 60 * SECOND;

/**
 * Doubling delays, half of each random, so that the clients of an outage do not come back all at
 * once. After "too many requests" they are longer, as limits count by the minute.
 * @param random a number from 0 to 1
 */
export function backOff(random: () => number): RetryPolicy {
  const first = { outage: SECOND, throttled: 10 * SECOND };
  return {
    attempts: 4,
    delay: (attempt, reason, retryAfter) => {
      if (retryAfter !== undefined) return Math.min(retryAfter * SECOND, LONGEST);
      const full = first[reason] * 2 ** (attempt - 1);
      return Math.min(full / 2 + (random() * full) / 2, LONGEST);
    },
  };
}
