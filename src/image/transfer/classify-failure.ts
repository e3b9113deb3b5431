/** What an engine's words about a push or a pull say. */
export type TransferFailure =
  /** The registry is out of order, or the connection broke. */
  | 'outage'
  /** The registry has had too many requests. */
  | 'throttled'
  /** The registry does not accept the credentials; or it was out of order when it was asked how it wants them. */
  | 'unauthorized'
  /** The registry accepts the credentials, and they do not allow it. */
  | 'denied'
  /** What is to be pulled is not there. */
  | 'missing'
  | 'other';

/**
 * In this order: Docker says `denied: ...` and `unauthorized: ...` with the registry's own words
 * after it, which may be any.
 */
const WORDS: readonly (readonly [TransferFailure, RegExp])[] = [
  ['throttled', /\btoomanyrequests\b|\bHTTP (?:status: )?429\b/i],
  ['denied', /\bdenied\b|\bforbidden\b|HTTP status: 403\b/i],
  ['unauthorized', /\bunauthorized\b|no basic auth credentials|HTTP status: 401\b/i],
  ['missing', /manifest unknown|name unknown|\bnot found: manifest\b|repository .* not found/i],
  [
    'outage',
    /HTTP (?:status: )?5\d\d\b|\bunavailable\b|received unexpected HTTP status: 408|\bEOF\b|connection reset|broken pipe|closed network connection|connection refused|timeout|deadline exceeded|no such host|server misbehaving|network is unreachable|no route to host|unknown blob|blob upload (?:unknown|invalid)|short (?:copy|read)|received GO_?AWAY/i,
  ],
];

/**
 * Reads the engine's words. An engine answers 200 before a transfer begins and passes a registry's
 * refusal on as text alone, so this is the one place where an error is told by its text; the words
 * are those of Docker 20.10 to 28 and of Podman. Unknown words are no reason to try again.
 */
export function classifyFailure(words: string): TransferFailure {
  return WORDS.find(([, pattern]) => pattern.test(words))?.[0] ?? 'other';
}
