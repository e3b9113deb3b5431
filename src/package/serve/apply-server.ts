import type { Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { runBuilder } from '../run-builder';
import type { PackageScope } from '../scope';
import { findServer, type RunningServer } from './find-server';
import { checkJob, networkLabels, planServer, serverName, serverNetwork } from './plan-server';

export interface ServerRequest {
  scope: PackageScope;
  /** Id of the server's image. */
  image: string;
  /** Id of an image with curl, for the consumer that looks whether the server is reached. */
  consumerImage: string;
  port: number | undefined;
}

/** Lines of the server's log in an error. */
const LOG_LINES = 10;

/**
 * Sees to it that the server runs as it should, and that a consumer reaches it. One that does is left
 * alone, so that its address stays.
 * @throws {BuildenvError} `engine-failed` where no consumer reaches it; it is removed then
 */
export async function applyServer(
  engine: Engine,
  request: ServerRequest,
  signal: AbortSignal,
): Promise<RunningServer & { started: boolean }> {
  const { scope, image, port } = request;
  const before = await findServer(scope, engine);
  const fits = before?.image === image && before.port === port;
  const server = fits ? before : await start(engine, request);
  try {
    await check(engine, server, request, signal);
    return { ...server, started: !fits };
  } catch (error) {
    if (!fits) await engine.containers.removeContainer(server.id);
    throw error;
  }
}

/** Ends the server and removes its network. @returns whether there was one */
export async function stopServer(engine: Engine, scope: PackageScope): Promise<boolean> {
  const found = await engine.containers.inspectContainer(serverName(scope));
  if (found !== undefined) await engine.containers.removeContainer(found.id);
  await engine.networks.removeNetwork(serverNetwork(scope));
  return found !== undefined;
}

async function start(
  engine: Engine,
  { scope, image, port }: ServerRequest,
): Promise<RunningServer> {
  const network = serverNetwork(scope);
  if ((await engine.networks.inspectNetwork(network)) === undefined) {
    await engine.networks.createNetwork(network, networkLabels(scope));
  }
  await engine.containers.removeContainer(serverName(scope));
  const id = await engine.containers.createContainer(planServer(scope, image, port));
  try {
    await engine.containers.startContainer(id);
    const server = await findServer(scope, engine);
    if (server !== undefined) return server;
    throw unreachable('it ended at once', await engine.containers.readLogs(id, LOG_LINES));
  } catch (error) {
    await engine.containers.removeContainer(id);
    throw error;
  }
}

async function check(
  engine: Engine,
  { id, url, port }: RunningServer,
  { scope, consumerImage }: ServerRequest,
  signal: AbortSignal,
): Promise<void> {
  const output: string[] = [];
  const job = checkJob(scope, consumerImage, url, port);
  const status = await runBuilder(engine.containers, job, (line) => output.push(line), signal);
  if (status === 0) return;
  const reason = output.at(-1) ?? `exit status ${status}`;
  throw unreachable(`${url}: ${reason}`, await engine.containers.readLogs(id, LOG_LINES));
}

function unreachable(reason: string, log: string): BuildenvError {
  const said = log.trim() === '' ? '' : `\nThe server said:\n${log.trimEnd()}`;
  return new BuildenvError('engine-failed', `No consumer reaches the server: ${reason}${said}`, {
    hint: 'Check the image of `rpm.server`: it serves /srv/rpms/current at port 80.',
  });
}
