import { buildImageTag, distroTag } from '../../config/image-tags';
import type { Project } from '../../config/project';
import { branchTag } from '../../distro/branch-tag';
import { readRevision, type Revision } from '../../git/read-revision';
import type { CommandContext } from '../command-context';

export interface CurrentTags {
  /** The tag of one of the project's images: distros have that of the branch, build images theirs. */
  tagOf: (name: string) => string;
  /** Undefined where there are no distros, or no git repository. */
  revision: Revision | undefined;
}

/** The tags that the project's images have now. */
export async function currentTags(
  { env }: Pick<CommandContext, 'env'>,
  { root, distros }: Project,
): Promise<CurrentTags> {
  const revision = distros.size === 0 ? undefined : await readRevision(root, env);
  const tagOf = (name: string) =>
    (distros.has(name) ? distroTag(env, branchTag(revision)) : buildImageTag(env)).tag;
  return { tagOf, revision };
}
