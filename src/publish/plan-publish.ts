import { BuildenvError } from '../errors/buildenv-error';
import type { Reference } from '../image/reference';

/** `tag` in the reference grammar of the distribution project. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

/** An image of this project that is to be published. */
export interface PublishRequest {
  name: string;
  /** What the engine has it under. */
  local: Reference;
  /** Its repository in the registry, without the host. */
  repository: string;
}

/** One image, pushed once; further tags cost a manifest each. */
export interface PublishStep {
  name: string;
  local: Reference;
  repository: string;
  /** The image's own tag first; no duplicates. */
  tags: readonly string[];
}

/**
 * Plans what is pushed under which tags.
 * @param extraTags beside the tag that each image has
 * @param force whether `latest`, which everybody shares, may be moved
 * @throws {BuildenvError} `usage` for what is no tag, and for `latest` without `force`
 */
export function planPublish(
  requests: readonly PublishRequest[],
  extraTags: readonly string[],
  force: boolean,
): PublishStep[] {
  for (const tag of extraTags) checkTag(tag);
  return requests.map(({ name, local, repository }) => {
    const tags = [...new Set([local.tag, ...extraTags])];
    if (tags.includes('latest') && !force) throw sharedTag(name);
    return { name, local, repository, tags };
  });
}

function checkTag(tag: string): void {
  if (TAG.test(tag)) return;
  throw new BuildenvError('usage', `--tag is no image tag: '${tag}'`, {
    hint: "Use letters, digits, '_', '.' and '-', not '.' or '-' first, at most 128.",
  });
}

function sharedTag(name: string): BuildenvError {
  return new BuildenvError('usage', `Publishing ${name} would move 'latest', which is shared`, {
    hint: 'Choose another tag with IMAGE_VERSION or --tag, or say --force.',
  });
}
