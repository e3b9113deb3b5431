import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { checkoutOf, LABEL } from '../image/labels';

/** Whose packages these are. Two checkouts of one project share nothing. */
export interface PackageScope {
  project: string;
  /** Absolute path of the checkout. */
  root: string;
  /** Begins the name of all that is made in an engine. */
  prefix: string;
  /** Absolute path of the folder with logs and what is known of earlier builds. */
  folder: string;
  /** `host:pid` of this process. */
  owner: string;
}

/**
 * @param root absolute path of the project
 * @param cacheFolder absolute path
 */
export function packageScope(
  project: string,
  root: string,
  cacheFolder: string,
  owner: string,
): PackageScope {
  const name = `${project}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`;
  return {
    project,
    root,
    prefix: `buildenv-${name}-rpm`,
    folder: join(cacheFolder, 'packages', name),
    owner,
  };
}

/** The volume with all RPMs and the repository. */
export const rpmVolume = ({ prefix }: PackageScope): string => prefix;

/** The volume of the compiler cache. */
export const cacheVolume = ({ prefix }: PackageScope): string => `${prefix}-ccache`;

/** Labels of what belongs to a project's packages. @param kind `rpm-build`, `rpm-server`.. */
export function scopeLabels(
  { project, root, owner }: PackageScope,
  kind: string,
  name: string,
): Record<string, string> {
  return {
    [LABEL.project]: project,
    [LABEL.kind]: kind,
    [LABEL.name]: name,
    [LABEL.owner]: owner,
    [LABEL.checkout]: checkoutOf(owner, root),
  };
}
