import { BuildenvError } from '../errors/buildenv-error';
import type { RegistryTag } from '../registry/registry';
import { matchesTag } from './matches-tag';

/** What makes a tag one to remove: all the conditions that are given. */
export interface UnpublishRules {
  /** Last moved before this time, in milliseconds since 1970. */
  before?: number | undefined;
  /** The tags of what is in the git repository; a tag of a branch that is not among them is gone. */
  alive?: ReadonlySet<string> | undefined;
  /** Not among the newest so many of the tags that may be removed. */
  keep?: number | undefined;
  /** Patterns of tags that are never removed, beside `latest`. */
  protect: readonly string[];
}

/** What becomes of a tag, and why. */
export interface Verdict {
  tag: string;
  /** Undefined where it is not there. */
  digest: string | undefined;
  action: 'remove' | 'keep' | 'missing';
  reason: string;
}

/** `latest` is what people pull who name no tag. */
const ALWAYS_PROTECTED = ['latest'];

/** Tags that are made from no branch: of a commit, without git, a content key, a version. */
const NO_BRANCH =
  /^(git-[0-9a-f]{12}|local|key-[0-9a-f]+|v?\d+(\.\d+)*([-.]?(alpha|beta|rc|pre)[-.]?\d*)?)$/i;

/** Decides on every tag of a repository, the newest first. */
export function planUnpublish(tags: readonly RegistryTag[], rules: UnpublishRules): Verdict[] {
  const newestFirst = tags.toSorted((a, b) => timeOf(b) - timeOf(a) || (a.name < b.name ? -1 : 1));
  let seen = 0;
  return newestFirst.map((tag) => {
    const guard = guardOf(tag, rules.protect);
    if (guard !== undefined) return verdict(tag, 'keep', guard);
    seen++;
    const reason =
      rules.keep !== undefined && seen <= rules.keep
        ? `among the newest ${rules.keep}`
        : (ageReason(tag, rules.before) ?? branchReason(tag, rules.alive));
    return reason === undefined
      ? verdict(tag, 'remove', cause(rules))
      : verdict(tag, 'keep', reason);
  });
}

/**
 * Decides on a tag that was named.
 * @param digest that the registry has under it; undefined where it is not there
 * @throws {BuildenvError} `usage` where it is protected
 */
export function planNamedRemoval(
  name: string,
  digest: string | undefined,
  protect: readonly string[],
): Verdict {
  const guard = guardOf({ name, locked: false }, protect);
  if (guard !== undefined) {
    throw new BuildenvError('usage', `The tag ${name} is not removed: it is ${guard}`, {
      hint: 'Name another with --tag or IMAGE_VERSION.',
    });
  }
  const there = digest !== undefined;
  return { tag: name, digest, action: there ? 'remove' : 'missing', reason: 'named' };
}

/** Why a tag must not be removed whatever else holds; undefined where it may be. */
function guardOf(
  { name, locked }: Pick<RegistryTag, 'name' | 'locked'>,
  protect: readonly string[],
): string | undefined {
  const pattern = [...ALWAYS_PROTECTED, ...protect].find((one) => matchesTag(one, name));
  if (pattern !== undefined) return `protected by '${pattern}'`;
  return locked ? 'locked in the registry' : undefined;
}

function ageReason({ updated }: RegistryTag, before: number | undefined): string | undefined {
  if (before === undefined) return undefined;
  if (updated === undefined) return 'of unknown age';
  return updated.getTime() < before ? undefined : 'too new';
}

function branchReason(
  { name }: RegistryTag,
  alive: ReadonlySet<string> | undefined,
): string | undefined {
  if (alive === undefined) return undefined;
  if (alive.has(name)) return 'its branch is there';
  return NO_BRANCH.test(name) ? 'not of a branch' : undefined;
}

function cause({ before, alive, keep }: UnpublishRules): string {
  const causes = [
    ...(before === undefined ? [] : ['old enough']),
    ...(alive === undefined ? [] : ['its branch is gone']),
    ...(keep === undefined ? [] : [`not among the newest ${keep}`]),
  ];
  return causes.join(', ');
}

function verdict(
  { name, digest }: RegistryTag,
  action: Verdict['action'],
  reason: string,
): Verdict {
  return { tag: name, digest, action, reason };
}

/** Milliseconds; what has no time counts as oldest. */
function timeOf({ updated }: RegistryTag): number {
  return updated?.getTime() ?? 0;
}
