/** How a base image is made from a distribution's own packages where no registry answers. */
export interface BootstrapSpec {
  distribution: 'debian' | 'ubuntu';
  /** The release's code name: `bookworm`. */
  suite: string;
  /** Packages beside the distribution's minimal set. */
  packages: readonly string[];
  /** Base URL of the package mirror; without one, the host's own sources or the default mirror. */
  mirror?: string | undefined;
}

/** An image that somebody else made: pulled, or bootstrapped, or pulled with bootstrap to fall back on. */
export interface BaseImageSpec {
  kind: 'base';
  name: string;
  /** Reference in a registry. */
  from?: string | undefined;
  /** Digest of `from` that the project's lock has. */
  pinned?: string | undefined;
  bootstrap?: BootstrapSpec | undefined;
}

/** An image built from a Dockerfile. */
export interface DockerfileImageSpec {
  kind: 'dockerfile';
  name: string;
  /** Absolute path. */
  dockerfile: string;
  /** Absolute path of the folder; without one the Dockerfile sees an empty context. */
  context?: string | undefined;
  /** Names of the images of this project that must be there first. */
  needs: readonly string[];
  /** Build arguments. */
  args: Readonly<Record<string, string>>;
  /** The stage to build; the last one without it. */
  target?: string | undefined;
}

/** One entry of `images:`, normalised. */
export type ImageSpec = BaseImageSpec | DockerfileImageSpec;
