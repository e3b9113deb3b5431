import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { ContainerSpec } from '../../engine/engine';
import { LABEL } from '../../image/labels';

/** What a container that waits is made for: another key, another container. */
export interface StandbyFacts {
  /** The container, with the same socket folder for every one. */
  container: ContainerSpec;
  /** The supervisor's. */
  version: string;
  /** Path of the engine's socket. */
  engine: string;
  /** What is at the host's end of its bind mounts. */
  sources: readonly (Pick<BigIntStats, 'dev' | 'ino' | 'birthtimeNs'> | undefined)[];
  /** Mounts of this host below those, as `/proc/self/mountinfo` has them. */
  mounts: readonly string[];
}

/**
 * What keys of an engine's containers begin with: engines share the folder of the sockets, and none
 * knows the containers of another. Pure.
 * @param engine path of its socket
 */
export function engineMark(engine: string): string {
  return digest(engine).slice(0, 4);
}

/**
 * A name for all that makes a container the right one for a run: image, mounts and what they lead to,
 * devices, user, limits, the supervisor and the engine. Pure.
 */
export function standbyKey({ container, version, engine, sources, mounts }: StandbyFacts): string {
  const labels = { ...container.labels, [LABEL.owner]: '' };
  const lasting = { ...container, name: '', labels };
  const folders = sources.map((one) => one && [one.dev, one.ino, one.birthtimeNs].map(String));
  const text = JSON.stringify([lasting, version, engine, folders, mounts]);
  return engineMark(engine) + digest(text).slice(0, 12);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
