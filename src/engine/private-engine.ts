/** A user's own engine, running or not. */
export interface PrivateEngineStatus {
  running: boolean;
  /** Of the engine's main process, while it runs. */
  pid?: number;
  /** Where it answers while it runs, as `DOCKER_HOST` has it. */
  url: string;
  /** Absolute path of the folder with all that it stores. */
  folder: string;
  /** Absolute path of what it printed since its last start. */
  log: string;
}

/** An engine that this tool starts for one user, where the machine offers none that runs. */
export interface PrivateEngine {
  /**
   * Starts it and waits until it answers; nothing happens where it answers already.
   * @throws {BuildenvError} `host` when the machine lacks the programs or the rights for it, or
   * when it does not come up; nothing of it runs then
   */
  start(): Promise<PrivateEngineStatus>;
  /**
   * Ends it with all of its containers; its images and volumes stay.
   * @returns whether it ran
   * @throws {BuildenvError} `host` when it does not end
   */
  stop(): Promise<boolean>;
  status(): Promise<PrivateEngineStatus>;
}
