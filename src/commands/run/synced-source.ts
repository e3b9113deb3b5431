import type { Engine, Mount } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { EnvironmentSpec } from '../../run/environment-spec';
import { type AgentSource, SyncedTree } from '../../sync/synced-tree';
import type { CommandContext, Project } from '../command-context';

/** Folders of the host that are copied to volumes of the engine for a run. */
export class SyncedSource {
  /** The project's tree first. */
  private readonly trees: readonly SyncedTree[];
  private readonly environment: EnvironmentSpec;

  private constructor(trees: readonly SyncedTree[], environment: EnvironmentSpec) {
    this.trees = trees;
    this.environment = environment;
  }

  /**
   * Copies what is new.
   * @param mounts of folders at their own paths, the project's tree first
   * @param mountPoints absolute paths of all that the run has mounted
   */
  static async open(
    context: CommandContext,
    project: Project,
    environment: EnvironmentSpec,
    engine: Engine,
    agents: AgentSource,
    mounts: readonly Mount[],
    mountPoints: readonly string[],
  ): Promise<SyncedSource> {
    const open = ({ source, target }: Mount) =>
      SyncedTree.open(engine.volumes, agents, {
        project: project.name,
        root: target,
        volume: source,
        exclude: target === project.root ? environment.exclude : [],
        owner: context.owner,
        mountPoints: mountPoints.flatMap((point) => below(target, point)),
        now: context.now,
        cacheFolder: context.cacheFolder,
      });
    const opened = await Promise.allSettled(mounts.map(open));
    const source = new SyncedSource(
      opened.flatMap((result) => (result.status === 'fulfilled' ? result.value : [])),
      environment,
    );
    const failed = opened.find((result) => result.status === 'rejected');
    if (failed === undefined) return source;
    await source.close();
    throw failed.reason;
  }

  /** Lets go of what is not needed while the command runs. */
  release(): void {
    const needed = this.environment.outputs.paths.length > 0 ? 1 : 0;
    for (const tree of this.trees.slice(needed)) void tree.close();
  }

  /**
   * Brings outputs back, where the command's end is one after which they come. Where it failed, its
   * status is the news; that its outputs could not be brought back either is a notice.
   * @throws {BuildenvError} `outputs`
   */
  async finish(status: number, notice: (text: string) => void): Promise<void> {
    const { paths, onFailure, limit } = this.environment.outputs;
    if (paths.length === 0 || (status !== 0 && !onFailure)) return;
    try {
      await this.trees[0]?.pull(paths, limit);
    } catch (cause) {
      if (!(cause instanceof BuildenvError)) throw cause;
      if (status !== 0) {
        notice(cause.message);
        return;
      }
      throw new BuildenvError('outputs', cause.message, { hint: cause.hint, cause });
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.trees.map((tree) => tree.close()));
  }
}

/** A path from a folder that it is in; empty for others. */
function below(folder: string, path: string): string[] {
  return path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [];
}
