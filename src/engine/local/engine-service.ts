/** How one product runs as a private engine. */
export interface EngineService {
  /** The program that answers on the engine's socket, and its arguments. */
  readonly command: readonly [program: string, ...args: string[]];
  /** Makes ready what the program needs. */
  prepare(): Promise<void>;
  /** Ids of the processes that outlived the program in a crash, its containers' keepers. */
  survivors(): Promise<number[]>;
  /** Removes what is of no use once the program has ended, but leaves survivors what they need. */
  cleanUp(): Promise<void>;
}
