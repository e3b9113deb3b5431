import type { Manifest } from '../../registry/registry';

/** What is to be done so that a registry has an image under some tags. */
export type PushAction =
  /** It is there under all of them. */
  | { kind: 'none'; manifest: Manifest }
  /** It is there under another tag of the repository. */
  | { kind: 'tag'; manifest: Manifest; tags: readonly string[] }
  | { kind: 'push' };

/**
 * @param id the image's id in the engine
 * @param remote what the registry has under each of the tags
 */
export function planPush(
  id: string,
  remote: ReadonlyMap<string, Manifest | undefined>,
): PushAction {
  const manifest = [...remote.values()].find((one) => one !== undefined && isImage(one, id));
  if (manifest === undefined) return { kind: 'push' };
  const tags = [...remote].flatMap(([tag, one]) => (one?.digest === manifest.digest ? [] : [tag]));
  return tags.length === 0 ? { kind: 'none', manifest } : { kind: 'tag', manifest, tags };
}

/**
 * Whether a manifest is that of an image. An engine's id of an image is the digest of its
 * configuration, or where it stores images as containerd does, of the manifest itself.
 */
export function isImage({ config, digest }: Manifest, id: string): boolean {
  return id === config || id === digest;
}
