/** What discovery knows of the machine and its user. */
export interface HostFacts {
  env: Readonly<Record<string, string | undefined>>;
  homedir: string;
  /** The user's id. */
  uid: number;
}
