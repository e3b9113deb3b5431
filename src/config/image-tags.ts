import { BuildenvError } from '../errors/buildenv-error';

/** `tag` in the reference grammar of the distribution project. */
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;

type Environment = Readonly<Record<string, string | undefined>>;

export interface ImageTag {
  tag: string;
  /** Whether a variable set it. */
  explicit: boolean;
}

/** The first of the variables that is set to something. */
function tagFrom(env: Environment, names: readonly string[], fallback: string): ImageTag {
  for (const name of names) {
    const tag = env[name];
    if (tag === undefined || tag === '') continue;
    if (!TAG.test(tag)) {
      throw new BuildenvError('usage', `${name} is no image tag: '${tag}'`, {
        hint: "use letters, digits, '_', '.' and '-', not '.' or '-' first, at most 128",
      });
    }
    return { tag, explicit: true };
  }
  return { tag: fallback, explicit: false };
}

/**
 * The tag of build images: `BUILDENV_IMAGE_VERSION`, else `IMAGE_VERSION`, else `latest`.
 * @throws {BuildenvError} `usage` when a variable holds no valid tag
 */
export function buildImageTag(env: Environment): ImageTag {
  return tagFrom(env, ['BUILDENV_IMAGE_VERSION', 'IMAGE_VERSION'], 'latest');
}

/**
 * The tag of distros: `IMAGE_VERSION`, else the one derived from the git branch.
 * @throws {BuildenvError} `usage` when the variable holds no valid tag
 */
export function distroTag(env: Environment, branchTag: string): ImageTag {
  return tagFrom(env, ['IMAGE_VERSION'], branchTag);
}
