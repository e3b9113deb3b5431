import { chooseRegistry } from '../../config/choose-registry';
import { buildImageTag } from '../../config/image-tags';
import type { Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { LABEL } from '../../image/labels';
import type { ImageStep } from '../../image/plan-images';
import { formatReference, keyReference } from '../../image/reference';
import { pullImage } from '../../image/transfer/pull-image';
import type { Manifest, Registry } from '../../registry/registry';
import { remoteRepository } from '../../registry/remote-repository';
import type { Command } from '../command';
import type { CommandContext } from '../command-context';
import { imageOutputs } from './image-outputs';
import { chosenImages, planProjectImages } from './plan-project-images';
import { registryOption } from '../registry/registry-option';
import { all, showTask, transferOptions } from './transfer-task';
import { untilInterrupted } from '../until-interrupted';

/** What the registry has for an image. */
interface Found {
  repository: string;
  tag: string;
  manifest: Manifest;
}

interface Pulled {
  name: string;
  action: 'none' | 'pull';
  reference: string;
  id: string;
  digest: string | null;
}

export const imagePull: Command = {
  name: 'image pull',
  words: '[NAME..]',
  summary: 'Pull images from a registry: what this tree would build, else what the tag has',
  details:
    'Without a NAME: the images that the environments use. An image is looked for under its ' +
    'content key, and then under its tag; one that is here under its key is not pulled. Where ' +
    'BUILDENV_IMAGE_VERSION or IMAGE_VERSION chooses the tag, it is that tag alone.',
  options: { registry: registryOption },
  examples: [
    ['buildenv image pull', 'Get the toolchain instead of building it'],
    ['BUILDENV_IMAGE_VERSION=v2 buildenv image pull', 'Get the one with a tag'],
  ],
  async run(context, args) {
    const project = context.project();
    const spec = chooseRegistry(project, args.value('registry'));
    const engine = await context.engine();
    const names = chosenImages(project, args.words);
    const planned = await planProjectImages(context, project, engine, {
      names,
      args: {},
      rebuild: false,
    });
    const steps = planned.filter(({ name }) => names.includes(name));
    const registry = await context.registry(spec);
    const repositoryOf = (name: string) => remoteRepository(spec, project.namespace, name);
    const found = await all(
      steps.map(async (step) => {
        return [step, await findRemote(context, registry, repositoryOf(step.name), step)] as const;
      }),
    );
    if (context.dryRun) {
      const json = found.map(([{ name, reference }, remote]) => {
        const source = remote && `${spec.host}/${remote.repository}:${remote.tag}`;
        return { name, reference: formatReference(reference), source: source ?? null };
      });
      const text = json.map(({ reference, source }) =>
        source === null ? `none   ${reference}` : `pull   ${reference} from ${source}`,
      );
      return { text: text.join('\n'), json };
    }
    const pulled = await untilInterrupted(context.process, (signal) =>
      all(found.map(([step, remote]) => pull(context, engine, registry, step, remote, signal))),
    );
    const text = pulled.map(
      ({ reference, action }) =>
        `${reference} ${action === 'pull' ? 'is pulled' : 'is up to date'}`,
    );
    return {
      text: text.join('\n'),
      json: pulled,
      outputs: imageOutputs(pulled.map(({ name, reference }) => ({ name, reference }))),
    };
  },
};

/**
 * Undefined where the image is here under its key, and the key is what counts.
 * @throws {BuildenvError} `not-found`
 */
async function findRemote(
  { env, progress }: CommandContext,
  registry: Registry,
  repository: string,
  step: ImageStep,
): Promise<Found | undefined> {
  const { tag, explicit } = buildImageTag(env);
  const isHere = step.action === 'none' || step.action === 'retag';
  if (isHere && !explicit) return undefined;
  const keyTag = step.keyReference.tag;
  for (const one of explicit ? [tag] : [keyTag, tag]) {
    const manifest = await registry.findManifest(repository, one);
    if (manifest === undefined) continue;
    if (!explicit && one === tag) {
      const message = `${registry.host}/${repository} has no ${keyTag}; ${tag} is pulled, which was made from other inputs`;
      progress.notice(`${step.name}: ${message}`);
    }
    return { repository, tag: one, manifest };
  }
  const tags = explicit ? tag : `${keyTag} nor ${tag}`;
  throw new BuildenvError('not-found', `${registry.host}/${repository} has no ${tags}`, {
    hint: `Build it: buildenv image build ${step.name}`,
  });
}

async function pull(
  { progress }: CommandContext,
  engine: Engine,
  registry: Registry,
  step: ImageStep,
  found: Found | undefined,
  signal: AbortSignal,
): Promise<Pulled> {
  const { name } = step;
  const reference = formatReference(step.reference);
  if (found === undefined) {
    const { id } = step as Extract<ImageStep, { id: string }>;
    await tagPulled(engine, step, id, true);
    return { name, action: 'none', reference, id, digest: null };
  }
  const { repository, tag, manifest } = found;
  const byKey = tag === step.keyReference.tag;
  const use = (id: string) => tagPulled(engine, step, id, byKey);
  const options = transferOptions(progress, name, signal);
  const { id, pulled } = await showTask(
    progress,
    name,
    `pulling ${registry.host}/${repository}:${tag}`,
    () => pullImage(engine.images, registry, repository, manifest, use, options),
    (image) => image.id,
  );
  return { name, action: pulled ? 'pull' : 'none', reference, id, digest: manifest.digest };
}

/** Gives an image its local tag, and the tag of the key that it was found by, or built with. */
async function tagPulled(
  { images }: Engine,
  step: ImageStep,
  id: string,
  byKey: boolean,
): Promise<void> {
  const image = await images.inspectImage(id);
  const key = byKey ? step.key : image?.labels[LABEL.key];
  const references = [step.reference, ...(key ? [keyReference(step.reference, key)] : [])];
  for (const reference of references) {
    if (image?.tags.includes(formatReference(reference)) === true) continue;
    await images.tagImage(id, reference.repository, reference.tag);
  }
}
