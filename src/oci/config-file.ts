import type { ImageConfig } from './image-config';

/** What an image is made of, beside the content of its layers. */
export interface ImageFacts {
  config: ImageConfig;
  /** `linux/amd64` */
  platform: string;
  /** Time of everything in the image, Unix time in seconds. */
  time: number;
  /** Digests of the uncompressed layers, the lowest first. */
  layers: readonly string[];
}

/**
 * The configuration file of an image (OCI Image Specification v1.1, "Image Configuration"; engines
 * have the same as "Docker Image Specification v1.2"). Equal facts give equal bytes, so that the
 * image has the same id wherever and whenever it is made.
 */
export function configFile({ config, platform, time, layers }: ImageFacts): Buffer {
  const [os, architecture] = platform.split('/');
  const created = `${new Date(time * 1000).toISOString().slice(0, 19)}Z`;
  const file = {
    created,
    architecture,
    os,
    config: containerConfig(config),
    rootfs: { type: 'layers', diff_ids: layers },
    history: layers.map(() => ({ created, created_by: 'buildenv' })),
  };
  return Buffer.from(JSON.stringify(file));
}

/** The `config` of a configuration file; what is not set is left out. */
export function containerConfig(config: ImageConfig): Readonly<Record<string, unknown>> {
  const { entrypoint, cmd, workingDir, user, stopSignal } = config;
  const env = Object.entries(config.env).map(([name, value]) => `${name}=${value}`);
  return {
    ...(user !== undefined && { User: user }),
    ...(config.exposedPorts.length > 0 && { ExposedPorts: keysOf(config.exposedPorts) }),
    ...(env.length > 0 && { Env: env }),
    ...(entrypoint !== undefined && { Entrypoint: entrypoint }),
    ...(cmd !== undefined && { Cmd: cmd }),
    ...(config.volumes.length > 0 && { Volumes: keysOf(config.volumes) }),
    ...(workingDir !== undefined && { WorkingDir: workingDir }),
    ...(Object.keys(config.labels).length > 0 && { Labels: sorted(config.labels) }),
    ...(stopSignal !== undefined && { StopSignal: stopSignal }),
  };
}

function keysOf(names: readonly string[]): object {
  return Object.fromEntries([...names].sort().map((name) => [name, {}]));
}

function sorted(values: Readonly<Record<string, string>>): object {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
