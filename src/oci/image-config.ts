/** How a container of an image runs: OCI Image Specification v1.1, "Image Configuration", `config`. */
export interface ImageConfig {
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
