import { BlockList, isIP } from 'node:net';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that a request over TLS goes through: `HTTPS_PROXY`, unless `NO_PROXY` names the host.
 * Both are read as Go's programs read them, engines among them, in capitals or small letters; an
 * address without a scheme is of `http://`. The loopback interface is never reached through a proxy.
 * @see https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 * @returns undefined for none
 */
export function findProxy(env: Environment, { hostname, port }: URL): string | undefined {
  const proxy = variable(env, 'HTTPS_PROXY');
  const host = hostname.replace(/^\[|\]$/g, '').toLowerCase();
  if (proxy === '' || isLoopback(host)) return undefined;
  const exceptions = variable(env, 'NO_PROXY').toLowerCase().split(',');
  const ofPort = port === '' ? '443' : port;
  const excepted = exceptions.some((one) => names(one.trim(), host, ofPort));
  if (excepted) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

function variable(env: Environment, name: string): string {
  return (
    [env[name], env[name.toLowerCase()]].find((value) => value !== undefined && value !== '') ?? ''
  );
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d+){3}$/.test(host);
}

/** Whether an entry of `NO_PROXY` names a host: a name with all below it, an address, or a network. */
function names(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (entry.includes('/')) return isInNetwork(entry, host);
  const withPort = isIP(entry) === 0 ? /^\[?([^\]]*?)\]?:(\d+)$/.exec(entry) : undefined;
  const [, name = entry, ofPort = port] = withPort ?? [];
  if (name === '' || ofPort !== port) return false;
  if (isIP(host) !== 0) return name === host;
  const domain = name.replace(/^\*?\./, '');
  return host.endsWith(`.${domain}`) || (host === domain && domain === name);
}

function isInNetwork(network: string, host: string): boolean {
  const [address = '', prefix = ''] = network.split('/');
  const [family, ofHost] = [isIP(address), isIP(host)];
  if (family === 0 || family !== ofHost || !/^\d{1,3}$/.test(prefix)) return false;
  if (Number(prefix) > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(prefix), type);
  return list.check(host, type);
}
