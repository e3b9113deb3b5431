/** `buildenv.yaml` as it is written, once it is valid: the types of `schema/buildenv.schema.json`. */
export interface ProjectFile {
  version: 1;
  project: string;
  namespace?: string;
  registries?: Record<string, RegistryEntry>;
  images?: Record<string, ImageEntry>;
  environments?: Record<string, EnvironmentEntry>;
  test?: { environment?: string; command: string[] };
  distros?: Record<string, DistroEntry>;
  packages?: Record<string, PackageEntry>;
  rpm?: RpmEntry;
  publish?: { protect?: string[] };
  ci?: { branch?: string; install?: string; run?: string[] };
}

export interface RegistryEntry {
  url: string;
  auth?: 'docker' | 'azure' | 'basic' | 'anonymous';
  username?: string;
  passwordVariable?: string;
  azure?: {
    tenant?: string;
    client?: string;
    serviceConnection?: string;
    authorityHost?: string;
    disableInstanceDiscovery?: boolean;
  };
  ca?: string;
}

export interface ImageEntry {
  from?: string;
  bootstrap?: {
    distribution: 'debian' | 'ubuntu';
    suite: string;
    packages?: string[];
    mirror?: string;
  };
  dockerfile?: string;
  context?: string;
  needs?: string[];
  args?: Record<string, string>;
  target?: string;
}

/** `1024:4096`, `1024` or `{soft, hard}`. */
export type UlimitEntry = string | number | { soft: number; hard: number };

export interface EnvironmentEntry {
  image: string;
  network?: 'host' | 'bridge' | 'none';
  devices?: (string | { path: string; required?: boolean })[];
  ulimits?: Record<string, UlimitEntry>;
  capabilities?: string[];
  caches?: Record<string, string>;
  grace?: number;
  reuse?: 'standby' | 'keep' | 'off';
  idle?: number;
  env?: { pass?: string[]; set?: Record<string, string> };
  source?: 'mount' | 'sync';
  exclude?: string[];
  outputs?: string[] | { paths: string[]; onFailure?: boolean; limit?: string | number };
  ssh?: boolean;
  docker?: boolean;
  secrets?: Record<string, SecretEntry>;
}

/** From one of a file and a variable. */
export interface SecretEntry {
  file?: string;
  variable?: string;
  as?: string;
}

export interface FileEntry {
  from?: string;
  fromImage?: string;
  to?: string;
  exclude?: string[];
  mode?: string;
  owner?: string;
}

export interface DistroEntry {
  base?: string;
  /** Of the environment's image; without both, that of the environment which runs use. */
  environment?: string;
  image?: string;
  files: FileEntry[];
  libraries?: 'closure' | { extra: string[] };
  config?: {
    entrypoint?: string[];
    cmd?: string[];
    env?: Record<string, string>;
    workingDir?: string;
    user?: string;
    labels?: Record<string, string>;
    exposedPorts?: string[];
    volumes?: string[];
    stopSignal?: string;
  };
}

export interface PackageEntry {
  recipe?: 'libvirt' | 'qemu' | 'spec';
  image?: string;
  source?: { path?: string; variable?: string; dirty?: 'error' | 'include'; exclude?: string[] };
  packaging?: { path?: string; variable?: string };
  spec?: string;
  prepare?: string;
  tarball?: {
    method?: 'meson-dist' | 'make-dist' | 'git-archive' | 'tar' | 'command';
    options?: string[];
    prefix?: string;
    command?: string;
    output?: string;
  };
  rpmbuild?: {
    mode?: 'ta' | 'tb' | 'ba' | 'bb';
    check?: boolean;
    requires?: boolean;
    with?: string[];
    without?: string[];
    defines?: Record<string, string>;
  };
  expect?: string[];
  exports?: Record<string, string>;
}

export interface RpmEntry {
  image?: string;
  server?: string;
  defines?: Record<string, string>;
  keep?: 'latest' | 'all';
  repositoryFile?: string;
  deps?: {
    directory?: string;
    command?: string[];
    files?: string[];
    repositories?: string[];
    arch?: 'x86_64' | 'aarch64';
    basesystem?: string;
    install?: string[];
  };
}
