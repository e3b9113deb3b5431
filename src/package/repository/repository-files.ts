/** What consumers read to find a repository. */
export interface RepositoryDescription {
  /** With a slash at its end. */
  url: string;
  arch: string;
}

/** Name of the repository in both files. */
export const REPOSITORY_NAME = 'custom-build';

/**
 * For bazeldnf, which checks checksums and has no key for signatures to turn off.
 * @see https://github.com/rmohr/bazeldnf
 */
export function bazeldnfFile({ url, arch }: RepositoryDescription): string {
  return `repositories:\n- arch: ${arch}\n  baseurl: ${url}\n  name: ${REPOSITORY_NAME}\n`;
}

/** @see dnf.conf(5) */
export function dnfFile({ url }: RepositoryDescription): string {
  return `[${REPOSITORY_NAME}]
name=Packages built by buildenv
baseurl=${url}
enabled=1
gpgcheck=0
`;
}
