import type { ContainerSummary, ImageSummary, VolumeSummary } from '../engine/engine';
import { LABEL } from '../image/labels';

/** What is there of a project, and what is still wanted. */
export interface GcFacts {
  containers: readonly ContainerSummary[];
  images: readonly ImageSummary[];
  volumes: readonly VolumeSummary[];
  /** References of images that are up to date. */
  wantedImages: readonly string[];
  /** Names of caches in the configuration. */
  caches: readonly string[];
  /** Unix time in seconds. */
  now: number;
}

export interface Garbage {
  kind: 'container' | 'image' | 'volume';
  /** A container's and volume's name, an image's reference. */
  name: string;
}

/** In seconds; a container that is not started by then was left by a client that was killed. */
const STARTING = 60;

/**
 * What of a project nothing uses any more, in the order in which it can go: containers that never
 * started or have ended, content keys of images that nothing else names, volumes of caches that the
 * configuration has no more. Pure.
 */
export function planGc(facts: GcFacts): Garbage[] {
  const { containers, images, volumes, wantedImages, caches, now } = facts;
  const dead = containers.filter(
    ({ state, created }) => state !== 'running' && now - created > STARTING,
  );
  const alive = containers.filter((container) => !dead.includes(container));
  const inUse = new Set(alive.map(({ imageId }) => imageId));
  const old = images
    .filter(({ id, tags }) => !inUse.has(id) && tags.every(isKey))
    .flatMap(({ tags }) => tags.filter((tag) => !wantedImages.includes(tag)));
  const unused = volumes.filter(({ labels }) => {
    const cache = labels[LABEL.name];
    return labels[LABEL.kind] === 'cache' && cache !== undefined && !caches.includes(cache);
  });
  return [
    ...dead.map(({ name }): Garbage => ({ kind: 'container', name })),
    ...old.map((name): Garbage => ({ kind: 'image', name })),
    ...unused.map(({ name }): Garbage => ({ kind: 'volume', name })),
  ];
}

function isKey(reference: string): boolean {
  return /:key-[0-9a-f]{32}$/.test(reference);
}
