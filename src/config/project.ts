import type { CiSpec } from '../ci/ci-spec';
import type { DistroSpec } from '../distro/distro-spec';
import type { ImageSpec } from '../image/image-spec';
import type { RegistrySpec } from '../registry/registry-spec';
import type { PackageSpec, RpmSpec } from '../package/package-spec';
import type { EnvironmentSpec } from '../run/environment-spec';
import type { TestSpec } from '../run/test-spec';

/** A `buildenv.yaml`, read, validated and normalised: defaults filled in, paths absolute. */
export interface Project {
  /** Absolute path of the folder that holds `buildenv.yaml`. */
  root: string;
  /** Absolute path of the file itself. */
  file: string;
  name: string;
  /** The first part of every image name. */
  namespace: string;
  /** The first is the default. */
  registries: ReadonlyMap<string, RegistrySpec>;
  images: ReadonlyMap<string, ImageSpec>;
  environments: ReadonlyMap<string, EnvironmentSpec>;
  /** How the project is tested; undefined where the file does not say. */
  test: TestSpec | undefined;
  distros: ReadonlyMap<string, DistroSpec>;
  /** Patterns of tags that are never removed from a registry. */
  protectedTags: readonly string[];
  ci: CiSpec;
  packages: ReadonlyMap<string, PackageSpec>;
  rpm: RpmSpec;
}
