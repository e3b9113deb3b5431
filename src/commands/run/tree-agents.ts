import type { Engine } from '../../engine/engine';
import type { EnvironmentSpec, Reuse } from '../../run/environment-spec';
import { SessionStream } from '../../run/session/session-stream';
import { claimContainer } from '../../run/standby/claim-container';
import type { StandbyOrder } from '../../run/standby/prepare-container';
import {
  AGENT_COMMAND,
  type AgentSetting,
  mountedAgentContainer,
  startAgent,
} from '../../sync/agent-container';
import { SyncAgent } from '../../sync/sync-agent';
import type { CommandContext, Project } from '../command-context';
import { orderAgent } from './order-container';

/** The agents of a run's trees: in containers that wait for them, or in fresh ones. */
export class TreeAgents {
  private readonly context: CommandContext;
  private readonly engine: Engine;
  private readonly setting: AgentSetting;
  private readonly order: ((volume: string) => StandbyOrder) | undefined;
  private readonly missing: StandbyOrder[] = [];

  private constructor(
    context: CommandContext,
    engine: Engine,
    setting: AgentSetting,
    order: ((volume: string) => StandbyOrder) | undefined,
  ) {
    this.context = context;
    this.engine = engine;
    this.setting = setting;
    this.order = order;
  }

  /** @param image of the engine */
  static async find(
    context: CommandContext,
    project: Project,
    environment: EnvironmentSpec,
    engine: Engine,
    image: string,
    reuse: Reuse,
  ): Promise<TreeAgents> {
    const details = await engine.images.inspectImage(image);
    const program = context.syncAgent(details?.architecture ?? '');
    const setting = { project: project.name, owner: context.owner, image, program };
    const { socket } = engine;
    const order = (volume: string) =>
      orderAgent(context, mountedAgentContainer(setting, volume), environment, socket ?? '');
    const waits = reuse !== 'off' && socket !== undefined;
    return new TreeAgents(context, engine, setting, waits ? order : undefined);
  }

  /** The agent that waits for a volume's tree; undefined where none does. */
  async claim(volume: string): Promise<SyncAgent | undefined> {
    const order = this.order?.(volume);
    if (order === undefined) return undefined;
    const { version } = this.context.supervisor();
    const claim = await claimContainer(order.base, order.key, version);
    if (claim !== undefined) {
      const request = { cwd: '/', command: AGENT_COMMAND, env: [], secrets: [] };
      const stream = new SessionStream(claim.connection, request);
      return new SyncAgent({ stream, ended: stream.ended });
    }
    this.missing.push(order);
    return undefined;
  }

  /** An agent in a container of its own. */
  start(volume: string): Promise<SyncAgent> {
    return startAgent(this.engine.containers, this.setting, volume);
  }

  /** Has those made that this run has missed, for the next one. */
  leave(): void {
    for (const order of this.missing) this.context.prepareStandby(this.engine, order);
  }
}
