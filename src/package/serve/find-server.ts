import type { Engine } from '../../engine/engine';
import { LABEL } from '../../image/labels';
import type { PackageScope } from '../scope';
import { serverName, serverNetwork } from './plan-server';

/** A server that runs. */
export interface RunningServer {
  /** Id of its container. */
  id: string;
  /** Id of its image. */
  image: string;
  /** With a slash at its end. */
  url: string;
  /** Of the host's loopback interface, where it was asked for. */
  port: number | undefined;
}

/** The checkout's server; undefined where none runs. */
export async function findServer(
  scope: PackageScope,
  engine: Engine,
): Promise<RunningServer | undefined> {
  const found = await engine.containers.inspectContainer(serverName(scope));
  if (found?.running !== true) return undefined;
  const { id, imageId: image, labels, addresses } = found;
  const label = labels[LABEL.port] ?? '';
  const port = label === '' ? undefined : Number(label);
  const address = addresses[serverNetwork(scope)] ?? '';
  const url = port === undefined ? `http://${address}/` : `http://127.0.0.1:${port}/`;
  return { id, image, url, port };
}
