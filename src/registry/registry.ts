import type { RegistryCredential } from '../engine/engine';

/** What is stored under a tag or a digest. */
export interface Manifest {
  /** `sha256:` and 64 hexadecimal digits: of the manifest's bytes. */
  digest: string;
  mediaType: string;
  /** Digest of the image's configuration, which is the image's id in an engine. Undefined for an index of several platforms. */
  config: string | undefined;
  /** The manifest's bytes. */
  content: Buffer;
}

export interface RegistryTag {
  name: string;
  digest: string;
  /** When the tag last moved, or where the registry does not say, when its image was made. */
  updated: Date | undefined;
  /** The registry refuses to delete it. */
  locked: boolean;
}

/** A proof that credentials work. */
export interface Login {
  /** As whom: a user's name, an application's id. */
  identity: string;
  /** When what the registry issued runs out; undefined where it does not. */
  expires: Date | undefined;
}

/**
 * A place that images are pushed to and pulled from. A repository is what stands between host and
 * tag: `kontain/km`.
 *
 * Every method throws {@link BuildenvError}, whose message names registry and repository:
 * `registry-unreachable` when it does not answer or is out of order, after it was asked again for
 * some time; `registry-denied` for what the credentials do not allow; `registry-failed` for the rest.
 */
export interface Registry {
  /** `host` or `host:port`. */
  readonly host: string;
  /** Where the credentials come from, and what to do where they are not enough; for messages. */
  readonly credentials: { readonly name: string; readonly remedy: string };
  /**
   * What the engine is to be handed for a push or a pull.
   * @param renew not what was handed out before: the registry did not accept it
   */
  credential(renew?: boolean): Promise<RegistryCredential>;
  /** Proves the credentials, without an effect on the registry. */
  login(): Promise<Login>;
  /** Whether the registry answers at all, whatever it thinks of the credentials. Asks once. */
  ping(): Promise<Availability>;
  /** Digest under a tag or digest, by one request without a body; undefined where there is none. */
  findDigest(repository: string, reference: string): Promise<string | undefined>;
  /** Undefined where there is none. Its bytes are checked against its digest. */
  findManifest(repository: string, reference: string): Promise<Manifest | undefined>;
  /** Puts one more tag on a manifest that the repository has, or moves the tag to it. */
  tagManifest(repository: string, manifest: Manifest, tag: string): Promise<void>;
  /** Undefined where there is no such repository. */
  listTags(repository: string): Promise<readonly RegistryTag[] | undefined>;
  /**
   * Removes one tag; others on the same digest stay.
   * @returns whether it was there
   */
  deleteTag(repository: string, tag: string): Promise<boolean>;
  /**
   * Removes a manifest and every tag on it.
   * @returns whether it was there
   */
  deleteManifest(repository: string, digest: string): Promise<boolean>;
}

export type Availability =
  | { kind: 'up' }
  /** It answers, but not now: seconds that it asks for, where it does. */
  | { kind: 'busy'; retryAfter: number | undefined }
  | { kind: 'down'; reason: string };
