/** The program that is process 1 of the containers that commands run in. */
export interface Supervisor {
  /** Absolute path of it, built for the engine's architecture. */
  program: string;
  /** What it says of itself; another one is not talked to. */
  version: string;
}
