import type { Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { PackageScope } from '../../package/scope';
import { loadState, type PackageState } from '../../package/package-state';
import { applyServer } from '../../package/serve/apply-server';
import { findServer, type RunningServer } from '../../package/serve/find-server';
import type { CommandContext } from '../command-context';
import { untilInterrupted } from '../until-interrupted';
import { packageImages } from './package-images';

/** @throws {BuildenvError} `not-found` where no repository was made yet */
export async function builtState(scope: PackageScope, engine: Engine): Promise<PackageState> {
  const state = await loadState(scope, engine);
  if (state?.repository !== undefined) return state;
  throw new BuildenvError('not-found', 'There is no repository of packages yet', {
    hint: 'Build them first: buildenv rpm build',
  });
}

/** @throws {BuildenvError} `not-found` where no server runs */
export async function requireServer(scope: PackageScope, engine: Engine): Promise<RunningServer> {
  const server = await findServer(scope, engine);
  if (server !== undefined) return server;
  throw new BuildenvError('not-found', 'No server of packages is running', {
    hint: 'Start it: buildenv rpm serve',
  });
}

/** Starts the server, or finds that it runs as it should. */
export async function servePackages(
  context: CommandContext,
  scope: PackageScope,
  engine: Engine,
  port: number | undefined,
): Promise<RunningServer & { started: boolean }> {
  const { image, server } = serverImages(context);
  await builtState(scope, engine);
  const images = await packageImages(context, engine, [image, server]);
  const request = {
    scope,
    image: images.get(server) ?? server,
    consumerImage: images.get(image) ?? image,
    port,
  };
  return untilInterrupted(context.process, (signal) => applyServer(engine, request, signal));
}

function serverImages(context: CommandContext): { image: string; server: string } {
  const { rpm, file } = context.project();
  const { image, server } = rpm;
  if (image !== undefined && server !== undefined) return { image, server };
  const missing = image === undefined ? 'image' : 'server';
  throw new BuildenvError('config', `${file} has no rpm.${missing}`, {
    hint: 'Name an image there: docs/packages.md has an example.',
  });
}
