import { createHash } from 'node:crypto';

/** The grammar of a tag: https://distribution.github.io/distribution/spec/api/, "Pulling An Image". */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const MAX_LENGTH = 128;
const HASH_LENGTH = 8;
const COMMIT_LENGTH = 12;

/** What a branch's own name must not be taken for: the tags below, and what registries treat apart. */
const RESERVED = new RegExp(
  `^(latest|local|git-[0-9a-f]{${COMMIT_LENGTH}}|.*-[0-9a-f]{${HASH_LENGTH}})$`,
);

/**
 * The tag for what is built from a branch: the branch's name where that is a valid tag, else made
 * one, with a hash of the name appended, so that no two branches share a tag. Without a branch it is
 * `git-` and the commit's first 12 digits, without git `local`. Never `latest`.
 *
 * @param revision undefined where the tree is in no git repository
 */
export function branchTag(
  revision: { branch: string | undefined; commit: string } | undefined,
): string {
  if (revision === undefined) return 'local';
  const { branch, commit } = revision;
  if (branch === undefined) return `git-${commit.slice(0, COMMIT_LENGTH)}`;
  if (TAG.test(branch) && !RESERVED.test(branch)) return branch;

  const hash = createHash('sha256').update(branch).digest('hex').slice(0, HASH_LENGTH);
  const name = branch.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[.-]+/, '');
  return `${name.slice(0, MAX_LENGTH - HASH_LENGTH - 1) || 'branch'}-${hash}`;
}
