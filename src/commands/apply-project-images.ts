import type { Project } from '../config/project';
import type { Engine } from '../engine/engine';
import type { ImageEvent } from '../image/apply-images';
import { InterruptedError } from '../errors/interrupted-error';
import type { ImageStep } from '../image/plan-images';
import type { CommandContext } from './command-context';
import type { Progress } from './progress';

const BEGIN: Record<ImageStep['action'], string> = {
  none: 'up to date',
  retag: 'tagging',
  obtain: 'getting',
  build: 'building',
};

/** Does what a plan says and shows it. Where nothing is to be done, the engine is not asked. */
export async function applyProjectImages(
  project: Project,
  engine: Engine,
  steps: readonly ImageStep[],
  noCache: boolean,
  { progress, process }: Pick<CommandContext, 'progress' | 'process'>,
): Promise<ReadonlyMap<string, string>> {
  const ready = steps.flatMap((step) =>
    step.action === 'none' ? [[step.name, step.id] as const] : [],
  );
  if (ready.length === steps.length) return new Map(ready);
  const { applyImages } = await import('../image/apply-images');
  const builds = steps.some(({ action }) => action === 'build');
  const buildkit = builds && (await engine.info()).buildkit;
  const running = new Set<string>();
  const interruption = new AbortController();
  const stopListening = process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  try {
    return await applyImages(
      engine.images,
      steps,
      { project: project.name, noCache, buildkit, signal: interruption.signal },
      (name, event) => {
        if (event.kind === 'begin') running.add(name);
        if (event.kind === 'end') running.delete(name);
        show(progress, name, event);
      },
    );
  } catch (error) {
    for (const name of running) progress.fail(name);
    throw error;
  } finally {
    stopListening();
  }
}

function show(progress: Progress, name: string, event: ImageEvent): void {
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
    case 'transfer': {
      progress.update(name, `${event.id} ${event.text}`.trim());
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
