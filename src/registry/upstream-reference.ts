/** A reference as engines read it: `debian:bookworm-slim` is of Docker Hub. */
export interface UpstreamReference {
  /** `docker.io`, where the reference has none. */
  host: string;
  /** `library/debian` */
  repository: string;
  /** Tag or digest; `latest` where the reference has neither. */
  version: string;
}

const HUB = 'docker.io';

/** @param reference a valid reference of an image */
export function parseUpstream(reference: string): UpstreamReference {
  const [, first = ''] = /^([^/]+)\//.exec(reference) ?? [];
  const hasHost = /[.:]/.test(first) || first === 'localhost';
  const rest = hasHost ? reference.slice(first.length + 1) : reference;
  const [, path = '', tag, digest] = /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(rest) ?? [];
  const host = hasHost ? first : HUB;
  const repository = host === HUB && !path.includes('/') ? `library/${path}` : path;
  return { host, repository, version: digest ?? tag ?? 'latest' };
}
