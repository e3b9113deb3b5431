import { chooseRegistry } from '../../config/choose-registry';
import { BuildenvError } from '../../errors/buildenv-error';
import { formatReference } from '../../image/reference';
import type { ImageStep } from '../../image/plan-images';
import { type PushedImage, pushImage } from '../../image/transfer/push-image';
import { remoteRepository } from '../../registry/remote-repository';
import type { Command } from '../command';
import { imageOutputs } from './image-outputs';
import { chosenImages, planProjectImages } from './plan-project-images';
import { registryOption } from '../registry/registry-option';
import { all, showTask, transferOptions } from './transfer-task';
import { untilInterrupted } from '../until-interrupted';

interface Target {
  name: string;
  /** The image's id in the engine. */
  id: string;
  repository: string;
  /** The key's tag, then the image's own. */
  tags: readonly [string, string];
}

const DONE: Record<PushedImage['action'], string> = {
  none: 'is there already',
  tag: 'is tagged',
  push: 'is pushed',
};

export const imagePush: Command = {
  name: 'image push',
  words: '[NAME..]',
  summary: 'Push images to a registry, under their tag and their content key',
  details:
    'Without a NAME: the images that the environments use. Only what is up to date is pushed, and ' +
    'what the registry has already is not sent. A push that fails for the registry or the network ' +
    'is done again. The tag latest is shared: it needs --force.',
  options: {
    registry: registryOption,
    force: { kind: 'flag', summary: 'Move latest, which is shared' },
  },
  examples: [
    ['buildenv image push --force', 'Make this the image that everybody gets'],
    ['BUILDENV_IMAGE_VERSION=v2 buildenv image push', 'Push under a tag'],
    ['buildenv image push toolchain --registry hub', 'Push one image elsewhere'],
  ],
  async run(context, args) {
    const project = context.project();
    const spec = chooseRegistry(project, args.value('registry'));
    const engine = await context.engine();
    const names = chosenImages(project, args.words);
    const steps = await planProjectImages(context, project, engine, {
      names,
      args: {},
      rebuild: false,
    });
    const targets = steps
      .filter(({ name }) => names.includes(name))
      .map((step) => toTarget(step, remoteRepository(spec, project.namespace, step.name)));
    const [shared] = targets.filter(({ tags }) => tags[1] === 'latest');
    if (shared !== undefined && !args.flag('force')) throw sharedTag(shared.name);
    const reference = ({ repository, tags }: Target) => `${spec.host}/${repository}:${tags[1]}`;
    if (context.dryRun) {
      const json = targets.map((target) => ({ name: target.name, reference: reference(target) }));
      return { text: json.map((one) => `push   ${one.reference}`).join('\n'), json };
    }
    const registry = await context.registry(spec);
    const pushed = await untilInterrupted(context.process, (signal) =>
      all(
        targets.map((target) =>
          showTask(
            context.progress,
            target.name,
            `pushing ${reference(target)}`,
            async () => {
              const options = transferOptions(context.progress, target.name, signal);
              const result = await pushImage(engine.images, registry, target, options);
              return { name: target.name, reference: reference(target), ...result };
            },
            ({ digest }) => digest,
          ),
        ),
      ),
    );
    const text = pushed.map((one) => `${one.reference}@${one.digest} ${DONE[one.action]}`);
    return { text: text.join('\n'), json: pushed, outputs: imageOutputs(pushed) };
  },
};

function toTarget(step: ImageStep, repository: string): Target {
  const { name, reference, keyReference } = step;
  if (step.action === 'none' || step.action === 'retag') {
    return { name, id: step.id, repository, tags: [keyReference.tag, reference.tag] };
  }
  const message = `${formatReference(reference)} is not there, or not up to date`;
  throw new BuildenvError('not-found', message, {
    hint: `Build it first: buildenv image build ${name}`,
  });
}

function sharedTag(name: string): BuildenvError {
  return new BuildenvError('usage', `Pushing ${name} would move 'latest', which is shared`, {
    hint: 'Choose another tag with BUILDENV_IMAGE_VERSION, or say --force.',
  });
}
