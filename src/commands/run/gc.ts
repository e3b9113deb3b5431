import { existsSync } from 'node:fs';
import type { Engine } from '../../engine/engine';
import { isOwnerAlive } from '../../host/is-owner-alive';
import { machineName } from '../../host/own-container';
import { checkoutOf, CONTAINER_KINDS, LABEL } from '../../image/labels';
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
    'Containers that never started or have ended, networks without a container, images of earlier ' +
    'contents that no tag names, layers of distros that were never finished, volumes of caches that the configuration has no more and of ' +
    'checkouts of this machine that are gone, sockets without their container.',
  examples: [['buildenv gc --dry-run', 'What would go']],
  async run(context) {
    const engine = await context.engine();
    const garbage = planGc(await gather(context, context.project(), engine));
    const containers = await engine.containers.listContainers([LABEL.key]);
    const keys = new Set(containers.map(({ labels }) => labels[LABEL.key] ?? ''));
    const { socket } = engine;
    const folders = socket === undefined ? [] : deadFolders(context.runtimeFolder, socket, keys);
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
  { containers, images, volumes, networks }: Engine,
): Promise<GcFacts> {
  const engine = await context.engine();
  const names = [...project.images.keys()];
  const label = `${LABEL.project}=${project.name}`;
  const [all, built, stored, joined, steps] = await Promise.all([
    containers.listContainers([label]),
    images.listImages([label]),
    volumes.listVolumes([label]),
    networks.listNetworks([label]),
    planProjectImages(context, project, engine, { names, args: {}, rebuild: false }),
  ]);
  const own = all.filter(({ labels }) => CONTAINER_KINDS.includes(labels[LABEL.kind] ?? ''));
  const owners = [...own, ...joined].map(({ labels }) => labels[LABEL.owner] ?? '');
  return {
    containers: own,
    images: built,
    volumes: stored,
    networks: joined,
    livingOwners: owners.filter(isOwnerAlive),
    wantedImages: steps.map(({ keyReference }) => formatReference(keyReference)),
    caches: [...project.environments.values()].flatMap(({ caches }) => Object.keys(caches)),
    lostCheckouts: stored.map(({ labels }) => labels[LABEL.checkout] ?? '').filter(isLost),
    now: Date.now() / 1000,
  };
}

/** Whether a checkout of this machine is gone; one of another machine is taken to be there. */
function isLost(checkout: string): boolean {
  const here = checkoutOf(`${machineName()}:0`, '');
  if (!checkout.startsWith(here)) return false;
  return !existsSync(checkout.slice(here.length));
}

async function remove(engine: Engine, { kind, name }: Garbage): Promise<void> {
  switch (kind) {
    case 'container':
      return engine.containers.removeContainer(name);
    case 'network':
      return engine.networks.removeNetwork(name);
    case 'image':
      return engine.images.removeImage(name);
    case 'volume':
      return engine.volumes.removeVolume(name);
  }
}
