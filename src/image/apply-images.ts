import type { EngineEvent, ImageStore } from '../engine/engine';
import type { RetryPolicy } from '../registry/http/retry-policy';
import type { Registry } from '../registry/registry';
import { LABEL } from './labels';
import { type CredentialFor, obtainBase } from './obtain-base';
import { packContext } from './pack-context';
import type { ImageStep } from './plan-images';
import { pullPrivateBases } from './pull-private-bases';
import { formatReference } from './reference';
import { pullImage } from './transfer/pull-image';
import type { TransferEvent } from './transfer/push-image';
import { untilAborted } from './until-aborted';

/** What happens to an image while a plan is applied. */
export type ImageEvent =
  | EngineEvent
  /** Work on the image begins. */
  | { kind: 'begin'; action: ImageStep['action'] }
  /** Something that the user should know: a fall-back was taken. */
  | { kind: 'notice'; text: string }
  | { kind: 'end'; id: string };

export type OnImageEvent = (name: string, event: ImageEvent) => void;

export interface ApplyOptions {
  /** Name of the project, for the labels. */
  project: string;
  /** Without the builder's cache. */
  noCache: boolean;
  buildkit: boolean;
  /** Ends the work; what it was doing in the engine ends with this process's connection. */
  signal: AbortSignal;
  /** For images of others that are pulled. */
  credentialFor: CredentialFor;
  /** Where images are pulled from; needed where the plan pulls one. */
  source?: { registry: Registry; policy: RetryPolicy } | undefined;
}

/** Network of a build's steps: the same default as a run's, and there without a bridge. */
const BUILD_NETWORK = 'host';

/**
 * Does what a plan says, each image after what it needs and the others at the same time. When one
 * fails, those that need it are left, the rest is finished, and the failure is thrown.
 * @returns the images' ids by name
 */
export async function applyImages(
  images: ImageStore,
  steps: readonly ImageStep[],
  options: ApplyOptions,
  onEvent: OnImageEvent,
): Promise<ReadonlyMap<string, string>> {
  const running = new Map<string, Promise<string>>();
  for (const step of steps) {
    const needs = step.action === 'build' ? step.spec.needs : [];
    const ready = Promise.all(needs.flatMap((name) => running.get(name) ?? []));
    running.set(
      step.name,
      ready.then(() => applyStep(images, step, options, onEvent)),
    );
  }
  await Promise.allSettled(running.values());
  const ids = new Map<string, string>();
  for (const [name, id] of running) ids.set(name, await id);
  return ids;
}

async function applyStep(
  images: ImageStore,
  step: ImageStep,
  options: ApplyOptions,
  onEvent: OnImageEvent,
): Promise<string> {
  if (step.action === 'none') return step.id;
  options.signal.throwIfAborted();
  onEvent(step.name, { kind: 'begin', action: step.action });
  const id = await makeImage(images, step, options, onEvent);
  if (step.action !== 'build' && step.action !== 'pull') await tagBoth(images, step, id);
  onEvent(step.name, { kind: 'end', id });
  return id;
}

async function tagBoth(
  images: ImageStore,
  { reference, keyReference }: Pick<ImageStep, 'reference' | 'keyReference'>,
  id: string,
): Promise<void> {
  for (const { repository, tag } of [reference, keyReference]) {
    await images.tagImage(id, repository, tag);
  }
}

async function makeImage(
  images: ImageStore,
  step: Exclude<ImageStep, { action: 'none' }>,
  { project, noCache, buildkit, signal, credentialFor, source }: ApplyOptions,
  onEvent: OnImageEvent,
): Promise<string> {
  const labels = {
    [LABEL.project]: project,
    [LABEL.kind]: 'image',
    [LABEL.name]: step.name,
    [LABEL.key]: step.key,
  };
  const forward = (event: ImageEvent) => onEvent(step.name, event);
  switch (step.action) {
    case 'retag':
      return step.id;
    case 'pull': {
      if (source === undefined) throw new Error(`No registry to pull ${step.name} from`);
      const { repository, manifest } = step.remote;
      const keep = (id: string) => tagBoth(images, step, id);
      const onTransfer = (event: TransferEvent) =>
        forward(event.kind === 'retry' ? { kind: 'notice', text: event.text } : event);
      const options = { policy: source.policy, signal, onEvent: onTransfer };
      const { registry } = source;
      return (await pullImage(images, registry, repository, manifest, keep, options)).id;
    }
    case 'obtain':
      return obtainBase(images, step, { labels, refresh: noCache, signal, credentialFor }, forward);
    case 'build': {
      const tags = [step.reference, step.keyReference].map(formatReference);
      const { args, spec, context } = step;
      const pulling = { signal, credentialFor };
      await pullPrivateBases(images, context.dockerfile, args, pulling, forward);
      const { dockerfile, archive } = packContext(spec, context);
      const build = images.buildImage(
        {
          tags,
          dockerfile,
          args,
          labels,
          target: spec.target,
          noCache,
          buildkit,
          network: BUILD_NETWORK,
        },
        archive,
        forward,
      );
      return untilAborted(signal, build);
    }
  }
}
