/**
 * Labels of everything that the tool makes in an engine, so that it finds its own things again and
 * touches nothing else.
 */
export const LABEL = {
  project: 'dev.buildenv.project',
  /**
   * `image`, `distro`, `layer` of a distro until that is made, `cache`, `tree`, one of {@link CONTAINER_KINDS}; of packages `rpms`,
   * `rpm-cache`, `rpm-network`.
   */
  kind: 'dev.buildenv.kind',
  /** Name in the configuration. */
  name: 'dev.buildenv.name',
  /** Content key of an image. */
  key: 'dev.buildenv.key',
  /** User id of whom a container's commands run as. */
  user: 'dev.buildenv.user',
  /** `host:pid` of the process that a container belongs to. */
  owner: 'dev.buildenv.owner',
  /** `host:path` of the tree that something belongs to alone. */
  checkout: 'dev.buildenv.checkout',
  /** Port of the loopback interface at which a server is reached. */
  port: 'dev.buildenv.port',
} as const;

/**
 * Kinds of containers: `run`, `standby`, `kept` for commands, `idle` for looks into an image, `sync`
 * for what waits to write trees, `rpm-build`, `rpm-server`. One that somebody made of an image has the
 * image's.
 */
export const CONTAINER_KINDS: readonly string[] = [
  'run',
  'standby',
  'kept',
  'idle',
  'sync',
  'rpm-build',
  'rpm-server',
];

/** What {@link LABEL.checkout} says of a tree, on the host of a process. @param owner `host:pid` */
export function checkoutOf(owner: string, root: string): string {
  return `${owner.replace(/:\d+$/, '')}:${root}`;
}
