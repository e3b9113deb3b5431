/** Azure DevOps has another path for ssh: `v3/ORGANIZATION/PROJECT/REPOSITORY`. */
const AZURE_SSH = 'ssh.dev.azure.com';

/**
 * Where a remote's source can be looked at: its URL without user, password and `.git`, and ssh as https, so
 * that clones by either say the same. Undefined for a remote that is a path.
 * @param remote as git has it: a URL, or `user@host:path`
 */
export function sourceUrl(remote: string): string | undefined {
  const [, scpHost, scpPath] = /^(?:[^@/:]+@)?([^/:]{2,}):(?!\/\/)(.+)$/.exec(remote) ?? [];
  const url = parse(scpHost === undefined ? remote : `ssh://${scpHost}/${scpPath ?? ''}`);
  if (url === undefined) return undefined;
  const host = url.protocol === 'ssh:' ? url.hostname : url.host;
  const path = url.pathname
    .replace(/^\/+/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const [, organization, project, repository] = /^v3\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(path) ?? [];
  if (host === AZURE_SSH && repository !== undefined) {
    return `https://dev.azure.com/${organization ?? ''}/${project ?? ''}/_git/${repository}`;
  }
  return `${url.protocol === 'http:' ? 'http' : 'https'}://${host}/${path}`;
}

function parse(text: string): URL | undefined {
  try {
    const url = new URL(text);
    return ['http:', 'https:', 'ssh:'].includes(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
