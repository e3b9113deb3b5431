/** How a server wants to be asked: RFC 7235 section 4.1, and for Bearer RFC 6750 section 3. */
export type Challenge =
  { scheme: 'basic' } | { scheme: 'bearer'; realm: string; service: string | undefined };

/**
 * Reads a `WWW-Authenticate` header.
 * @returns undefined where it asks for nothing that a registry asks for
 */
export function parseChallenge(header: string | undefined): Challenge | undefined {
  const [, scheme = '', rest = ''] = /^\s*(\w+)\s*(.*)$/s.exec(header ?? '') ?? [];
  if (scheme.toLowerCase() === 'basic') return { scheme: 'basic' };
  if (scheme.toLowerCase() !== 'bearer') return undefined;
  const parameters = new Map<string, string>();
  for (const [, name = '', quoted, plain] of rest.matchAll(/([\w-]+)=(?:"([^"]*)"|([^\s,]+))/g)) {
    parameters.set(name.toLowerCase(), quoted ?? plain ?? '');
  }
  const realm = parameters.get('realm');
  return realm === undefined
    ? undefined
    : { scheme: 'bearer', realm, service: parameters.get('service') };
}
