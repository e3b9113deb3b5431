/** `buildenv.yaml` as it is written, once it is valid: the types of `schema/buildenv.schema.json`. */
export interface ProjectFile {
  version: 1;
  project: string;
  namespace?: string;
  images?: Record<string, ImageEntry>;
  environments?: Record<string, EnvironmentEntry>;
  distros?: Record<string, DistroEntry>;
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
  env?: { pass?: string[]; set?: Record<string, string> };
  source?: 'mount' | 'sync';
  exclude?: string[];
  outputs?: string[] | { paths: string[]; onFailure?: boolean; limit?: string | number };
  ssh?: boolean;
  docker?: boolean;
}

export interface DistroEntry {
  files: { from: string; to: string; mode?: string; owner?: string }[];
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
