import type { Readable } from 'node:stream';
import type Dockerode from 'dockerode';
import { BuildFailedError } from '../../errors/build-failed-error';
import { BuildenvError } from '../../errors/buildenv-error';
import type { BuildRequest, OnEngineEvent } from '../engine';
import type { BuildTracker } from './build-tracker';
import { ClassicTracker } from './classic-tracker';
import { readEvents } from './event-stream';
import { translateDockerode } from './translate-error';

/**
 * Builds a Dockerfile with BuildKit or the classic builder.
 * @param context tar stream with the Dockerfile in it
 * @returns the image's id
 * @throws {BuildFailedError} when a step fails
 */
export async function buildImage(
  docker: Dockerode,
  request: BuildRequest,
  context: Readable,
  onEvent: OnEngineEvent,
): Promise<string> {
  const action = `build ${request.tags[0] ?? ''}`;
  const tracker = await newTracker(request.buildkit);
  try {
    const stream = await translateDockerode(action, postBuild(docker, request, context));
    for await (const line of readEvents(stream, action)) tracker.accept(line).forEach(onEvent);
  } catch (error) {
    throw context.errored ?? explain(error, request, tracker);
  } finally {
    context.destroy();
  }
  const id = tracker.imageId();
  if (id === undefined) throw new BuildenvError('engine-failed', `Cannot ${action}: no image id`);
  return id;
}

async function newTracker(buildkit: boolean): Promise<BuildTracker> {
  if (!buildkit) return new ClassicTracker();
  const { BuildkitTracker } = await import('./buildkit-tracker');
  const { decodeStatus } = await import('./buildkit-status');
  return new BuildkitTracker(decodeStatus);
}

/**
 * The request itself, by dockerode's connection: its own `buildImage` opens a gRPC session for
 * registry credentials before each BuildKit build, which a build without them does not need.
 */
function postBuild(docker: Dockerode, request: BuildRequest, context: Readable): Promise<Readable> {
  const modem = docker.modem as {
    dial(options: object, callback: (error: Error | null, stream: Readable) => void): void;
  };
  const options = {
    version: request.buildkit ? '2' : '1',
    t: [...request.tags],
    dockerfile: request.dockerfile,
    buildargs: request.args,
    labels: request.labels,
    nocache: request.noCache,
    networkmode: request.network,
    rm: true,
    forcerm: true,
    ...(request.target === undefined ? {} : { target: request.target }),
  };
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        path: '/build?',
        method: 'POST',
        file: context,
        options,
        isStream: true,
        statusCodes: { 200: true },
      },
      (error, stream) => (error === null ? resolve(stream) : reject(error)),
    );
  });
}

function explain(error: unknown, { tags }: BuildRequest, tracker: BuildTracker): unknown {
  const step = tracker.failedStep();
  if (!(error instanceof BuildenvError) || step === undefined) return error;
  return new BuildFailedError(tags[0] ?? '', step.name, error.message, step.log);
}
