import { join } from 'node:path';
import type { VolumeStore } from '../engine/engine';
import { holdName } from '../host/hold-name';
import { pathFilter, type PathFilter } from './path-filter';
import { planPull } from './plan-pull';
import { planFirst, planPush } from './plan-push';
import { receiveOutputs } from './receive-outputs';
import { toNanoseconds } from './requests';
import { scanTree } from './scan-tree';
import type { SyncAgent } from './sync-agent';
import { readSyncState, writeSyncState } from './sync-state';
import type { SyncedEntry, TreeEntry } from './tree-entry';
import { ensureTreeVolume } from './tree-volume';

/** Milliseconds that file systems of this machine may take for one moment, with room to spare. */
const TICK = 50;

/** The time of no file. */
const NEVER = -1;

export interface TreeSetting {
  project: string;
  /** Absolute path of the tree. */
  root: string;
  volume: string;
  /** Paths and globs that stay here. */
  exclude: readonly string[];
  /** `host:pid` of this process. */
  owner: string;
  /** Paths in the tree at which a run has something else mounted. */
  mountPoints: readonly string[];
  /** Milliseconds since 1970. */
  now: () => number;
  /** Absolute path of the folder for what can be made again. */
  cacheFolder: string;
}

/** Where agents come from. */
export interface AgentSource {
  /** One that waits for the volume, which is there then; undefined where none does. */
  claim(volume: string): Promise<SyncAgent | undefined>;
  /** A new one, for a volume that is there. */
  start(volume: string): Promise<SyncAgent>;
}

/** A source tree and the volume that stands for it where the engine does not see the tree. */
export class SyncedTree {
  private readonly setting: TreeSetting;
  private readonly agent: SyncAgent;
  private readonly exclude: PathFilter;
  private readonly token: string;
  private readonly stateFile: string;

  private constructor(setting: TreeSetting, agent: SyncAgent, token: string) {
    this.setting = setting;
    this.agent = agent;
    this.token = token;
    this.exclude = pathFilter(setting.exclude);
    this.stateFile = join(setting.cacheFolder, 'sync', `${setting.volume}.json`);
  }

  /** Makes the volume where it is not there, and sends what is new in the tree. */
  static async open(
    volumes: VolumeStore,
    agents: AgentSource,
    setting: TreeSetting,
  ): Promise<SyncedTree> {
    const { volume, project, root, owner } = setting;
    return holdName(`buildenv-sync-${volume}`, async () => {
      const [token, waiting] = await Promise.all([
        ensureTreeVolume(volumes, volume, project, root, owner),
        agents.claim(volume),
      ]);
      const tree = new SyncedTree(setting, waiting ?? (await agents.start(volume)), token);
      try {
        await tree.push();
      } catch (error) {
        await tree.close();
        throw error;
      }
      return tree;
    });
  }

  /**
   * Brings what a command made of the outputs back.
   * @param limit bytes that may come at once
   */
  async pull(outputs: readonly string[], limit: number): Promise<void> {
    await holdName(`buildenv-sync-${this.setting.volume}`, async () => {
      const state = readSyncState(this.stateFile, this.token);
      if (state === undefined) return;
      const meant = JSON.stringify(outputs);
      const since = state.outputs === meant ? state.pulled : '0';
      const { clock, ...changes } = await this.agent.list(since);
      const plan = planPull(changes, state.entries, pathFilter(outputs), limit);
      const received = await receiveOutputs(this.agent, plan, this.setting.root, limit);
      const entries = new Map(state.entries);
      for (const path of received.removed) entries.delete(path);
      for (const entry of received.written) {
        if (!this.exclude.matches(entry.path)) entries.set(entry.path, entry);
      }
      writeSyncState(this.stateFile, { ...state, entries, pulled: clock, outputs: meant });
    });
  }

  async close(): Promise<void> {
    await this.agent.close();
  }

  private async push(): Promise<void> {
    const { root, mountPoints, now } = this.setting;
    const state = readSyncState(this.stateFile, this.token);
    const begin = now();
    const listed = this.agent.list(state?.pushed ?? '0');
    listed.catch(() => undefined);
    const tree = scanTree(root, this.exclude);
    const synced = state?.entries ?? new Map<string, SyncedEntry>();
    const changes = await listed;
    const plan =
      state === undefined
        ? planFirst(tree, changes, mountPoints)
        : planPush(tree, synced, changes, mountPoints);
    if (state !== undefined && plan.put.length + plan.remove.length === 0) return;
    const pushed = await this.agent.push(plan, root);
    const entries = this.entriesAfter(tree, synced, plan.put, begin);
    const { pulled = pushed, outputs = '' } = state ?? {};
    writeSyncState(this.stateFile, { token: this.token, pushed, pulled, outputs, entries });
  }

  private entriesAfter(
    tree: readonly TreeEntry[],
    synced: ReadonlyMap<string, SyncedEntry>,
    put: readonly TreeEntry[],
    begin: number,
  ): ReadonlyMap<string, SyncedEntry> {
    const sent = new Set(put);
    const entries = new Map<string, SyncedEntry>();
    for (const entry of tree) {
      const before = sent.has(entry) ? undefined : synced.get(entry.path);
      entries.set(entry.path, before ?? sentEntry(entry, begin));
    }
    return entries;
  }
}

/** What was just written may be written again within the same tick of the clock: it is sent again. */
function sentEntry(entry: TreeEntry, begin: number): SyncedEntry {
  const isFresh = entry.mtimeMs > begin - TICK;
  const volumeMtime = toNanoseconds(entry.mtimeMs);
  return { ...entry, volumeMtime, ...(isFresh && { mtimeMs: NEVER }) };
}
