import type { Project } from '../config/project';
import type { Engine } from '../engine/engine';
import type { PrivateEngine } from '../engine/private-engine';
import type { Registry } from '../registry/registry';
import type { RegistrySpec } from '../registry/registry-spec';
import type { Caller } from '../run/caller';
import type { ProcessSide } from '../run/process-side';
import type { StandbyOrder } from '../run/standby/prepare-container';
import type { Supervisor } from '../run/supervisor';
import type { Progress } from './progress';

export type { Caller, PrivateEngine, ProcessSide, Project };

/** What a command works with: handed in by the CLI, made when it is first asked for. */
export interface CommandContext {
  /** Absolute path of the working directory. */
  cwd: string;
  env: Readonly<Record<string, string | undefined>>;
  caller: Caller;
  /** `linux/amd64` */
  platform: string;
  /** `host:pid` of this process. */
  owner: string;
  /** Absolute path of the folder for what can be made again. */
  cacheFolder: string;
  /** Absolute path of the folder, the caller's alone, for the sockets of containers that wait. */
  runtimeFolder: string;
  /** Starts a process that outlives this one and makes a container that waits. */
  prepareStandby(engine: Engine, order: StandbyOrder): void;
  /**
   * Absolute path of the agent of synchronised trees.
   * @param architecture the engine's, as images have it: `amd64`
   * @throws {BuildenvError} `host` where this tool was built without it
   */
  syncAgent(architecture: string): string;
  /**
   * @param architecture the engine's, as images have it; this machine's without it
   * @throws {BuildenvError} `host` where this installation has none for it
   */
  supervisor(architecture?: string): Supervisor;
  /** Path of the published schema of the configuration, for editors. */
  schema: string;
  /** Only say what would be done. */
  dryRun: boolean;
  progress: Progress;
  /** Milliseconds since 1970. */
  now: () => number;
  process: ProcessSide;
  /** @throws {ConfigError} when there is none, or it is wrong */
  project(): Project;
  /** Path of the configuration file, found or named; undefined where there is none. */
  configFile(): string | undefined;
  /** @throws {BuildenvError} `engine-unreachable` */
  engine(): Promise<Engine>;
  /** @throws {BuildenvError} `host` when a file that it needs cannot be read */
  registry(spec: RegistrySpec): Promise<Registry>;
  privateEngine(): Promise<PrivateEngine>;
}
