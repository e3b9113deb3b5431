import { posix } from 'node:path';
import type { FileTree, TreeNode } from './file-tree';

/** As Linux, `path_resolution(7)`. */
const MOST_LINKS = 40;

export interface FollowedPath {
  /** Where the path leads, with no link in it. */
  path: string;
  node: TreeNode;
  /** Paths of the links on the way, in their order; each with no other link in it. */
  links: readonly string[];
}

/**
 * Follows a path as the kernel does, each link on the way and the one at its end, inside the tree:
 * `..` at the root stays there.
 *
 * @param path absolute
 * @returns undefined where it leads to nothing, or in a circle
 */
export async function followPath(tree: FileTree, path: string): Promise<FollowedPath | undefined> {
  const links: string[] = [];
  const ahead = path.split('/').reverse();
  let at = '/';
  let node: TreeNode = { kind: 'folder' };
  for (let name = ahead.pop(); name !== undefined; name = ahead.pop()) {
    if (name === '' || name === '.') continue;
    if (node.kind !== 'folder') return undefined;
    const next: string = posix.join(at, name);
    const found: TreeNode | undefined = name === '..' ? { kind: 'folder' } : await tree.look(next);
    if (found === undefined) return undefined;
    if (found.kind === 'link') {
      links.push(next);
      if (links.length > MOST_LINKS) return undefined;
      if (found.target.startsWith('/')) at = '/';
      ahead.push(...found.target.split('/').reverse());
    } else {
      at = next;
      node = found;
    }
  }
  return { path: at, node, links };
}
