/**
 * The branch that a CI system builds, which a checkout with a detached head does not tell. A pull
 * request is known by the branch it comes from, a tag by its own name.
 *
 * GitHub Actions, "Default environment variables"; Azure Pipelines, "Predefined variables".
 */
export function ciBranch(env: Readonly<Record<string, string | undefined>>): string | undefined {
  const names = [
    env['GITHUB_HEAD_REF'],
    env['GITHUB_REF_NAME'],
    env['SYSTEM_PULLREQUEST_SOURCEBRANCH'],
    env['BUILD_SOURCEBRANCH'],
  ];
  return names
    .find((name) => name !== undefined && name !== '')
    ?.replace(/^refs\/(heads|tags)\//, '');
}
