/**
 * Labels of everything that the tool makes in an engine, so that it finds its own things again and
 * touches nothing else.
 */
export const LABEL = {
  project: 'dev.buildenv.project',
  /**
   * `image`, `distro`, `run`, `standby`, `kept`, `cache`, `tree`, `sync` for a container that waits to
   * write trees, or `idle` for one that is never started.
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
  /** Port of the loopback interface at which a server is reached. */
  port: 'dev.buildenv.port',
} as const;

/** Kinds of the containers that commands run in; one that somebody made of an image has the image's. */
export const RUN_KINDS: readonly string[] = ['run', 'standby', 'kept', 'sync', 'idle'];
