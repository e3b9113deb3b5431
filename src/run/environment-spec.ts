import type { SecretSpec } from './secret';

export interface DeviceSpec {
  /** Path on the host, the same in the container. */
  path: string;
  /** Whether a missing device is an error; otherwise the run goes on without it. */
  required: boolean;
}

export interface UlimitSpec {
  soft: number;
  hard: number;
}

/** Which network a run sees. */
export type NetworkMode = 'host' | 'bridge' | 'none';

/**
 * Which container a run has: a clean one that was made ready before, one that all runs share, or a
 * fresh one.
 */
export type Reuse = 'standby' | 'keep' | 'off';

export interface OutputsSpec {
  /** Paths and globs of the tree, in the format of `.dockerignore`. */
  paths: readonly string[];
  /** Whether they come back of a command that failed, too. */
  onFailure: boolean;
  /** The most bytes that one run may bring back. */
  limit: number;
}

/** One entry of `environments:`, normalised. */
export interface EnvironmentSpec {
  name: string;
  /** Name of an image of this project. */
  image: string;
  network: NetworkMode;
  devices: readonly DeviceSpec[];
  /** Limit name (`nofile`) to its values. */
  ulimits: Readonly<Record<string, UlimitSpec>>;
  /** Linux capabilities to add, without `CAP_`. */
  capabilities: readonly string[];
  /** Cache name to its path in the container; `~` is the run's home. */
  caches: Readonly<Record<string, string>>;
  env: {
    /** Names of the caller's variables to pass when they are set. */
    pass: readonly string[];
    /** Values to set; a leading `~` is the run's home. */
    set: Readonly<Record<string, string>>;
  };
  /**
   * `mount` where the engine sees the tree under its own path, `sync` where the tree is copied to a
   * volume of the engine; undefined for whichever suits the engine.
   */
  source: 'mount' | 'sync' | undefined;
  /** Paths and globs of the tree that are not copied, in the format of `.dockerignore`. */
  exclude: readonly string[];
  /** What is copied back. */
  outputs: OutputsSpec;
  /** Seconds that a command has from TERM, or the loss of its client, until it is killed. */
  grace: number;
  reuse: Reuse;
  /** Seconds without a run after which a container that waits ends. */
  idle: number;
  /** Whether a run reaches the caller's ssh agent. */
  ssh: boolean;
  /** Whether a run reaches the engine. */
  docker: boolean;
  secrets: readonly SecretSpec[];
}
