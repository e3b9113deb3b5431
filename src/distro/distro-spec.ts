import type { ImageConfig } from '../oci/image-config';

export interface DistroFileSpec {
  /** Absolute path of a file, folder or link on the host. */
  from: string;
  /** Absolute path in the image. */
  to: string;
  /** Permission bits for files; folders get the matching x bits. Without it 0755 or 0644. */
  mode?: number | undefined;
  uid: number;
  gid: number;
}

/** One entry of `distros:`, normalised. */
export interface DistroSpec {
  name: string;
  /** Name of the distro that this one stands on. */
  base?: string | undefined;
  files: readonly DistroFileSpec[];
  config: ImageConfig;
}
