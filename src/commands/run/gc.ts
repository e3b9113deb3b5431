import type { Engine } from '../../engine/engine';
import { LABEL, RUN_KINDS } from '../../image/labels';
import { formatReference } from '../../image/reference';
import { deadFolders, removeFolders } from '../../run/standby/sweep-folders';
import { type Garbage, type GcFacts, planGc } from '../../upkeep/plan-gc';
import type { Command } from '../command';
import type { CommandContext, Project } from '../command-context';
import { planProjectImages } from '../image/plan-project-images';

export const gc: Command = {
  name: 'gc',
  maxWords: 0,
  summary: 'Remove what the project has left in the engine and nothing uses any more',
  details:
    'Containers that never started or have ended, images of earlier contents that no tag names, ' +
    'volumes of caches that the configuration has no more, sockets without their container.',
  examples: [['buildenv gc --dry-run', 'What would go']],
  async run(context) {
    const engine = await context.engine();
    const garbage = planGc(await gather(context, context.project(), engine));
    const containers = await engine.containers.listContainers([LABEL.key]);
    const keys = new Set(containers.map(({ labels }) => labels[LABEL.key] ?? ''));
    const folders = deadFolders(context.runtimeFolder, keys);
    if (!context.dryRun) {
      for (const one of garbage) await remove(engine, one);
      removeFolders(folders);
    }
    const removed = [...garbage, ...folders.map((name) => ({ kind: 'socket', name }))];
    const verb = context.dryRun ? 'would remove' : 'removed';
    const text = removed.map(({ kind, name }) => `${verb} ${kind} ${name}`).join('\n');
    return { text: text === '' ? 'nothing to remove' : text, json: { removed } };
  },
};

async function gather(
  context: CommandContext,
  project: Project,
  { containers, images, volumes }: Engine,
): Promise<GcFacts> {
  const engine = await context.engine();
  const names = [...project.images.keys()];
  const label = `${LABEL.project}=${project.name}`;
  const [own, built, stored, steps] = await Promise.all([
    containers.listContainers([label]),
    images.listImages([label]),
    volumes.listVolumes([label]),
    planProjectImages(context, project, engine, { names, args: {}, rebuild: false }),
  ]);
  return {
    containers: own.filter(({ labels }) => RUN_KINDS.includes(labels[LABEL.kind] ?? '')),
    images: built,
    volumes: stored,
    wantedImages: steps.map(({ keyReference }) => formatReference(keyReference)),
    caches: [...project.environments.values()].flatMap(({ caches }) => Object.keys(caches)),
    now: Date.now() / 1000,
  };
}

function remove({ containers, images, volumes }: Engine, { kind, name }: Garbage): Promise<void> {
  if (kind === 'container') return containers.removeContainer(name);
  return kind === 'image' ? images.removeImage(name) : volumes.removeVolume(name);
}
