import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { BootstrapSpec } from './image-spec';

/** Name by which a distribution's own archive signs, and the keyring that checks it. */
const ARCHIVES = {
  debian: { origin: 'Debian', keyring: '/usr/share/keyrings/debian-archive-keyring.gpg' },
  ubuntu: { origin: 'Ubuntu', keyring: '/usr/share/keyrings/ubuntu-archive-keyring.gpg' },
};

const FIELDS = ['ORIGIN', 'RELEASE', 'REPO_URI', 'COMPONENT'];

/**
 * The host's own package sources that serve a suite, as lines of a sources.list: what a machine
 * behind a mirror can reach. None where the host is no such distribution or has other releases.
 * @see apt-get(8), indextargets
 */
export async function hostSources({ distribution, suite }: BootstrapSpec): Promise<string[]> {
  const format = FIELDS.map((field) => `$(${field})`).join('|');
  const listing = await promisify(execFile)('apt-get', [
    'indextargets',
    '--format',
    format,
    'Created-By: Packages',
  ]).catch(() => ({ stdout: '' }));
  return sourceLines(listing.stdout, distribution, suite);
}

/** @param listing lines of origin, release, URI and component, separated by `|` */
export function sourceLines(
  listing: string,
  distribution: BootstrapSpec['distribution'],
  suite: string,
): string[] {
  const { origin, keyring } = ARCHIVES[distribution];
  const releases = [suite, `${suite}-updates`, `${suite}-security`];
  const rows = listing
    .split('\n')
    .map((line) => line.split('|'))
    .filter(([from, release]) => from === origin && releases.includes(release ?? ''));
  if (!rows.some(([, release]) => release === suite)) return [];
  const lines = rows.map(
    ([, release, uri, component]) =>
      `deb [signed-by=${keyring}] ${uri ?? ''} ${release ?? ''} ${component ?? ''}`,
  );
  return [...new Set(lines)];
}
