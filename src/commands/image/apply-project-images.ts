import type { Project } from '../../config/project';
import { registryOf } from '../../config/registry-of';
import type { Engine, TransferProgress } from '../../engine/engine';
import type { ApplyOptions, ImageEvent } from '../../image/apply-images';
import type { ImageStep } from '../../image/plan-images';
import { backOff } from '../../registry/http/retry-policy';
import { parseUpstream } from '../../registry/upstream-reference';
import type { CommandContext } from '../command-context';
import { LayerProgress } from './layer-progress';
import type { Progress } from '../progress';
import { untilInterrupted } from '../until-interrupted';

const BEGIN: Record<ImageStep['action'], string> = {
  none: 'up to date',
  retag: 'tagging',
  pull: 'pulling',
  obtain: 'getting',
  build: 'building',
};

/** Does what a plan says and shows it. Where nothing is to be done, the engine is not asked. */
export async function applyProjectImages(
  project: Project,
  engine: Engine,
  steps: readonly ImageStep[],
  noCache: boolean,
  { progress, process, registry }: Pick<CommandContext, 'progress' | 'process' | 'registry'>,
): Promise<ReadonlyMap<string, string>> {
  const ready = steps.flatMap((step) =>
    step.action === 'none' ? [[step.name, step.id] as const] : [],
  );
  if (ready.length === steps.length) return new Map(ready);
  const { applyImages } = await import('../../image/apply-images');
  const builds = steps.some(({ action }) => action === 'build');
  const buildkit = builds && (await engine.info()).buildkit;
  const credentialFor = async (reference: string) =>
    (await registry(registryOf(project, parseUpstream(reference).host))).credential();
  const source = await pullSource(project, steps, registry);
  const running = new Set<string>();
  const transfers = new Map<string, LayerProgress>();
  try {
    return await untilInterrupted(process, (signal) =>
      applyImages(
        engine.images,
        steps,
        { project: project.name, noCache, buildkit, signal, credentialFor, source },
        (name, event) => {
          if (event.kind === 'begin') running.add(name);
          if (event.kind === 'end') running.delete(name);
          if (event.kind === 'transfer') showTransfer(progress, transfers, name, event);
          else show(progress, name, event);
        },
      ),
    );
  } catch (error) {
    for (const name of running) progress.fail(name);
    throw error;
  }
}

/** The project's first registry, which the plan pulls from. */
async function pullSource(
  { registries }: Project,
  steps: readonly ImageStep[],
  open: CommandContext['registry'],
): Promise<ApplyOptions['source']> {
  const [spec] = registries.values();
  if (spec === undefined || steps.every(({ action }) => action !== 'pull')) return undefined;
  return { registry: await open(spec), policy: backOff(Math.random) };
}

function showTransfer(
  progress: Progress,
  transfers: Map<string, LayerProgress>,
  name: string,
  event: TransferProgress,
): void {
  const layers = transfers.get(name) ?? new LayerProgress();
  transfers.set(name, layers);
  const done = layers.accept(event);
  if (done !== undefined) progress.step(name, done);
  progress.update(name, layers.summary());
}

function show(
  progress: Progress,
  name: string,
  event: Exclude<ImageEvent, TransferProgress>,
): void {
  switch (event.kind) {
    case 'begin': {
      progress.begin(name, BEGIN[event.action]);
      return;
    }
    case 'step': {
      progress.step(name, event.cached ? `${event.name} (cached)` : event.name);
      return;
    }
    case 'log': {
      progress.log(name, event.text);
      return;
    }
    case 'notice': {
      progress.notice(`${name}: ${event.text}`);
      return;
    }
    case 'end': {
      progress.end(name, event.id);
      return;
    }
    case 'step-done':
      return;
  }
}
