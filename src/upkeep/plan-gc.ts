import type {
  ContainerSummary,
  ImageSummary,
  NetworkSummary,
  VolumeSummary,
} from '../engine/engine';
import { LABEL } from '../image/labels';

/** What is there of a project, and what is still wanted. */
export interface GcFacts {
  containers: readonly ContainerSummary[];
  images: readonly ImageSummary[];
  volumes: readonly VolumeSummary[];
  networks: readonly NetworkSummary[];
  /** Owners of containers and networks whose process is there, or may be. */
  livingOwners: readonly string[];
  /** References of images that are up to date. */
  wantedImages: readonly string[];
  /** Names of caches in the configuration. */
  caches: readonly string[];
  /** Checkouts that are not there any more, as labels have them. */
  lostCheckouts: readonly string[];
  /** Unix time in seconds. */
  now: number;
}

export interface Garbage {
  kind: 'container' | 'image' | 'volume' | 'network';
  /** A container's, volume's and network's name, an image's reference or id. */
  name: string;
}

/** In seconds; a container that is not started by then was left by a client that was killed. */
const STARTING = 60;

/** In seconds; a distro's layer that no image has by then was left by a client that was killed. */
const JOINING = 3600;

/**
 * What of a project nothing uses any more, in the order in which it can go: containers that never
 * started or have ended, networks without a container, content keys of images that nothing else names,
 * layers that became part of no distro, volumes of caches that the configuration has no more and of checkouts that are gone. Pure.
 */
export function planGc(facts: GcFacts): Garbage[] {
  const { containers, images, networks, volumes, livingOwners, wantedImages } = facts;
  const dead = containers.filter((container) => isDead(container, facts));
  const alive = containers.filter((container) => !dead.includes(container));
  const unjoined = networks.filter(
    ({ name, labels }) =>
      !livingOwners.includes(labels[LABEL.owner] ?? '') &&
      !alive.some((container) => container.networks.includes(name)),
  );
  const inUse = new Set(alive.map(({ imageId }) => imageId));
  const old = images
    .filter(({ id, tags }) => !inUse.has(id) && tags.every(isKey))
    .flatMap(({ tags }) => tags.filter((tag) => !wantedImages.includes(tag)));
  const loose = images.filter(
    ({ labels, tags, created }) =>
      labels[LABEL.kind] === 'layer' && tags.length === 0 && facts.now - created > JOINING,
  );
  const unused = volumes.filter(
    (volume) =>
      isUnwanted(volume, facts) &&
      !alive.some((container) => container.volumes.includes(volume.name)),
  );
  return [
    ...dead.map(({ name }): Garbage => ({ kind: 'container', name })),
    ...unjoined.map(({ name }): Garbage => ({ kind: 'network', name })),
    ...old.map((name): Garbage => ({ kind: 'image', name })),
    ...loose.map(({ id }): Garbage => ({ kind: 'image', name: id })),
    ...unused.map(({ name }): Garbage => ({ kind: 'volume', name })),
  ];
}

/** One that is not started yet may be filled with a large tree by its owner. */
function isDead({ state, created, labels }: ContainerSummary, facts: GcFacts): boolean {
  if (state === 'running' || facts.now - created <= STARTING) return false;
  return state !== 'created' || !facts.livingOwners.includes(labels[LABEL.owner] ?? '');
}

function isUnwanted({ labels }: VolumeSummary, { caches, lostCheckouts }: GcFacts): boolean {
  const name = labels[LABEL.name];
  if (labels[LABEL.kind] === 'cache') return name !== undefined && !caches.includes(name);
  return lostCheckouts.includes(labels[LABEL.checkout] ?? '');
}

function isKey(reference: string): boolean {
  return /:key-[0-9a-f]{32}$/.test(reference);
}
