import type { Agent, ClientRequest } from 'node:http';
import { BuildenvError } from '../../errors/buildenv-error';
import { keepSecret } from '../../errors/secrets';

const PROTOCOLS = ['http:', 'https:'];
const HINT =
  'Check HTTPS_PROXY, with the user and password in it; NO_PROXY names the hosts that are reached without it.';

/**
 * Makes an agent whose connections go through a proxy, by CONNECT.
 * @throws {BuildenvError} `host` for what is no address of an HTTP proxy
 */
export async function proxyAgent(proxy: string): Promise<Agent> {
  const url = URL.canParse(proxy) ? new URL(proxy) : undefined;
  if (url === undefined || !PROTOCOLS.includes(url.protocol)) {
    throw new BuildenvError('host', 'HTTPS_PROXY is not the address of an HTTP proxy', {
      hint: 'Write it as http://HOST:PORT.',
    });
  }
  if (url.password !== '') keepSecret(decodeURIComponent(url.password));
  const { HttpsProxyAgent } = await import('https-proxy-agent');
  return new HttpsProxyAgent(url, { keepAlive: true });
}

/** Ends a request that its proxy refuses, whose answer would else be taken for the server's. */
export function failWhereProxyRefuses(request: ClientRequest, server: string): void {
  request.on('proxyConnect', ({ statusCode }: { statusCode: number }) => {
    if (statusCode === 200) return;
    const reason = `the proxy does not connect to it: status ${statusCode}`;
    const refused = new BuildenvError('registry-unreachable', `Cannot reach ${server}: ${reason}`, {
      hint: HINT,
    });
    request.destroy(statusCode >= 500 ? new Error(reason) : refused);
  });
}
