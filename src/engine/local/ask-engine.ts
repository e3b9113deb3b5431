import { request } from 'node:http';
import { text } from 'node:stream/consumers';

export interface EngineAnswer {
  /** HTTP status. */
  status: number;
  body: string;
}

/**
 * One request without a body to an engine's API.
 * @param path the request's path: `/_ping`
 * @param limitMs how long it may take
 */
export async function askEngine(
  socketPath: string,
  method: 'GET' | 'POST',
  path: string,
  limitMs: number,
): Promise<EngineAnswer> {
  const signal = AbortSignal.timeout(limitMs);
  return new Promise((resolve, reject) => {
    request({ socketPath, method, path, signal }, (response) => {
      const status = response.statusCode ?? 0;
      text(response).then((body) => resolve({ status, body }), reject);
    })
      .on('error', reject)
      .end();
  });
}
