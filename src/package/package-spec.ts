/** Where a package's source tree is. */
export interface SourceSpec {
  /** Absolute path of the folder; the variable's value comes before it. */
  path: string | undefined;
  /** Variable of the caller's that names the folder. */
  variable: string;
  /** What uncommitted changes of a git tree are: an error, or built with the rest. */
  dirty: 'error' | 'include';
  /** Paths below the tree that are left out. */
  exclude: readonly string[];
}

/** A folder beside the source tree, with the spec file and the other files that it names. */
export interface PackagingSpec {
  path: string | undefined;
  variable: string;
}

export const TARBALL_METHODS = [
  /** `meson setup` and `meson dist`. */
  'meson-dist',
  /** `make dist`. */
  'make-dist',
  /** `git archive`, with what the tree's .gitattributes say of it. */
  'git-archive',
  /** The tree as it is. */
  'tar',
  /** A command of the recipe's own. */
  'command',
] as const;

export interface TarballSpec {
  method: (typeof TARBALL_METHODS)[number];
  /** Options of `meson setup`. */
  options: readonly string[];
  /** Top folder in the tarball, for git-archive and tar; `{name}` and `{version}` are the spec's. */
  prefix: string;
  /** Shell commands, for `command`. */
  command: string;
  /** Where `command` leaves the tarball, a shell pattern below the tree. */
  output: string;
}

export interface RpmbuildSpec {
  /** `-ta`, `-tb` build the tarball, `-ba`, `-bb` the spec file; `a` makes a source package too. */
  mode: 'ta' | 'tb' | 'ba' | 'bb';
  /** Whether %check is run. */
  check: boolean;
  /** Whether the spec's BuildRequires must be packages of the image. */
  requires: boolean;
  with: readonly string[];
  without: readonly string[];
  /** Macros. */
  defines: Readonly<Record<string, string>>;
}

/** One entry of `packages:`, normalised: how the RPMs of one upstream are made. */
export interface PackageSpec {
  name: string;
  /** Name of the image that it is built in. */
  image: string;
  source: SourceSpec;
  packaging: PackagingSpec | undefined;
  /** Path of the spec file in the packaging folder, else in the tree, where a build may make it. */
  spec: string;
  /** Shell commands that are run in the tree before all else. */
  prepare: string;
  tarball: TarballSpec;
  rpmbuild: RpmbuildSpec;
  /** Names of packages that a build must make. */
  expect: readonly string[];
  /** Variables for the consuming project, by name: of which package each has the version. */
  exports: Readonly<Record<string, string>>;
}

/** The consuming project, and how the RPMs get into it. */
export interface DepsSpec {
  /** `command` runs the project's own update, `resolve` writes a lock file. */
  backend: 'command' | 'resolve';
  /** Absolute path of the consuming project. */
  directory: string;
  /** Program and arguments of the update. */
  command: readonly string[];
  /** Paths below the directory that an update may change: the lock file for `resolve`. */
  files: readonly string[];
  /** Absolute paths of the project's other repositories, in bazeldnf's format. */
  repositories: readonly string[];
  /** `x86_64` */
  arch: string;
  /** Package that stands for the base system. */
  basesystem: string;
  /** What is resolved beside the exported packages. */
  install: readonly string[];
}

/** The section `rpm:`, normalised: what the packages have in common. */
export interface RpmSpec {
  /** Image with createrepo_c, dnf and curl. */
  image: string | undefined;
  /** Image that serves /srv/rpms/current at port 80. */
  server: string | undefined;
  /** Builds that stay in the repository: each package's last, or all. */
  keep: 'latest' | 'all';
  /** Absolute path of the repository's description in bazeldnf's format; `.repo` is beside it. */
  repositoryFile: string;
  /** Of the repository's RPMs beside `noarch`: `x86_64` */
  arch: string;
  deps: DepsSpec | undefined;
}
