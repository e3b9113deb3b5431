/** Whoever runs the tool. */
export interface Caller {
  uid: number;
  gid: number;
  /** Ids of the supplementary groups. */
  groups: readonly number[];
  /** Login name. */
  name: string;
  /** Absolute path of the home folder. */
  home: string;
}

export const ROOT_UID = 0;

export const ROOT: Caller = { uid: 0, gid: 0, groups: [], name: 'root', home: '/root' };
