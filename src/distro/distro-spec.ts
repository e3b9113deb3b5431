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

/** The image configuration, OCI Image Specification v1.1, "config". */
export interface DistroConfigSpec {
  entrypoint?: readonly string[] | undefined;
  cmd?: readonly string[] | undefined;
  env: Readonly<Record<string, string>>;
  workingDir?: string | undefined;
  user?: string | undefined;
  labels: Readonly<Record<string, string>>;
  /** `8080/tcp` */
  exposedPorts: readonly string[];
  volumes: readonly string[];
  stopSignal?: string | undefined;
}

/** One entry of `distros:`, normalised. */
export interface DistroSpec {
  name: string;
  files: readonly DistroFileSpec[];
  config: DistroConfigSpec;
}
