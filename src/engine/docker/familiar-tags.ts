const ADDED_HOST = /^(docker\.io\/(library\/)?|localhost\/)/;

/**
 * References of an image as people write them and Docker lists them. Podman spells their hosts out:
 * Docker Hub's where none was given, `localhost` for what an archive named without one.
 */
export function familiarTags(tags: readonly string[] | null, podman: boolean): string[] {
  const named = (tags ?? []).filter((tag) => tag !== '<none>:<none>');
  return podman ? named.map((tag) => tag.replace(ADDED_HOST, '')) : named;
}
