/** How one product runs as a private engine. */
export interface EngineService {
  /** The program that answers on the engine's socket, and its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Makes ready what the program needs. */
  prepare(): Promise<void>;
  /** Removes what is of no use once the program has ended; nothing happens where it is gone. */
  cleanUp(): Promise<void>;
}
