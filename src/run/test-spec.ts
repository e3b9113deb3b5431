/** `test:`, normalised. */
export interface TestSpec {
  /** Name of an environment; undefined for the default one. */
  environment: string | undefined;
  command: readonly string[];
}
