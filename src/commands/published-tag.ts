import { buildImageTag, distroTag } from '../config/image-tags';
import type { Project } from '../config/project';
import { branchTag } from '../distro/branch-tag';
import { readRevision } from '../git/read-revision';
import type { CommandContext } from './command-context';

/** Which tag each of the project's images has now: distros that of the branch, build images theirs. */
export async function publishedTag(
  { env }: Pick<CommandContext, 'env'>,
  { root, distros }: Project,
): Promise<(name: string) => string> {
  const revision = distros.size === 0 ? undefined : await readRevision(root, env);
  return (name) =>
    (distros.has(name) ? distroTag(env, branchTag(revision)) : buildImageTag(env)).tag;
}
