import type { ImageConfig } from '../oci/image-config';

interface PlacedFiles {
  /** Patterns of what is left out, by paths below what is selected. */
  exclude?: readonly string[] | undefined;
}

/** Files of the host for a distro. */
export interface HostFilesSpec extends PlacedFiles {
  /** Absolute path, or glob, of files, folders or links on the host. */
  from: string;
  /** Absolute path in the distro. */
  to: string;
  /** Permission bits for files; folders get the matching x bits. Without it 0755 or 0644. */
  mode?: number | undefined;
  uid: number;
  gid: number;
}

/** Files of an image for a distro. */
export interface ImageFilesSpec extends PlacedFiles {
  /** Absolute path, or glob, in the image that the distro takes files from. */
  fromImage: string;
  /** Absolute path in the distro; without it the same path. */
  to?: string | undefined;
  /** As for files of the host; without it the image's. */
  mode?: number | undefined;
  /** Without it the image's. */
  owner?: { uid: number; gid: number } | undefined;
}

/** One entry of `files`. */
export type DistroFileSpec = HostFilesSpec | ImageFilesSpec;

/** The shared libraries that a distro's files need. */
export interface LibrariesSpec {
  /** Absolute paths, or globs, in the image: what programs load by themselves when they run. */
  extra: readonly string[];
}

/** One entry of `distros:`, normalised. */
export interface DistroSpec {
  name: string;
  /** Name of the distro that this one stands on. */
  base?: string | undefined;
  /** Name of the environment whose devices and limits it runs with; undefined for the default one. */
  environment?: string | undefined;
  /** Name of the image that files and libraries are taken from; undefined for the environment's. */
  image?: string | undefined;
  files: readonly DistroFileSpec[];
  libraries?: LibrariesSpec | undefined;
  config: ImageConfig;
}
