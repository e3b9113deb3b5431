import type { DistroSpec } from '../distro/distro-spec';
import type { ImageSpec } from '../image/image-spec';
import type { PackageSpec, RpmSpec } from '../package/package-spec';
import type { EnvironmentSpec } from '../run/environment-spec';

/** A `buildenv.yaml`, read, validated and normalised: defaults filled in, paths absolute. */
export interface Project {
  /** Absolute path of the folder that holds `buildenv.yaml`. */
  root: string;
  /** Absolute path of the file itself. */
  file: string;
  name: string;
  /** The first part of every image name. */
  namespace: string;
  images: ReadonlyMap<string, ImageSpec>;
  environments: ReadonlyMap<string, EnvironmentSpec>;
  distros: ReadonlyMap<string, DistroSpec>;
  packages: ReadonlyMap<string, PackageSpec>;
  rpm: RpmSpec;
}
