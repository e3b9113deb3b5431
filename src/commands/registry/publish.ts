import { chooseRegistry } from '../../config/choose-registry';
import type { Project } from '../../config/project';
import type { Engine, ImageDetails } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import type { Revision } from '../../git/read-revision';
import { formatReference, imageReference } from '../../image/reference';
import { type PushedImage, pushImage } from '../../image/transfer/push-image';
import { planPublish, type PublishStep } from '../../publish/plan-publish';
import type { Registry } from '../../registry/registry';
import { remoteRepository } from '../../registry/remote-repository';
import type { Command } from '../command';
import type { CommandContext } from '../command-context';
import { currentTags } from './current-tags';
import { imageOutputs } from '../image/image-outputs';
import type { Progress } from '../progress';
import { publishedNames } from './published-names';
import { registryOption } from './registry-option';
import { showTask, transferOptions } from '../image/transfer-task';
import { untilInterrupted } from '../until-interrupted';

const REVISION = 'org.opencontainers.image.revision';

export const publish: Command = {
  name: 'publish',
  words: '[NAME..]',
  summary: 'Push distros or build images to a registry, and see that it has them',
  details:
    'A distro has the tag of the git branch, or IMAGE_VERSION. What the registry has already is not ' +
    'sent. Afterwards the digest under every tag is compared, and the engine has no further names. ' +
    'Without a NAME: all distros.',
  options: {
    registry: registryOption,
    tag: { kind: 'list', placeholder: 'TAG', summary: 'One more tag; can be repeated' },
    force: { kind: 'flag', summary: "Let the tag 'latest' be moved" },
  },
  examples: [
    ['buildenv distro && buildenv publish', 'Assemble and publish all distros'],
    ['buildenv publish km --tag stable', 'One, under a further tag'],
    ['buildenv publish --dry-run', 'Say what would be pushed'],
  ],
  async run(context, args) {
    const project = context.project();
    const names = publishedNames(project, args.words);
    const spec = chooseRegistry(project, args.value('registry'));
    const { tagOf, revision } = await currentTags(context, project);
    const requests = names.map((name) => ({
      name,
      local: imageReference(project.namespace, name, tagOf(name)),
      repository: remoteRepository(spec, project.namespace, name),
    }));
    const steps = planPublish(requests, args.values('tag'), args.flag('force'));
    if (context.dryRun) return report(steps.map((step) => entry(spec.host, step)));
    const engine = await context.engine();
    const images = await Promise.all(steps.map((step) => findImage(project, engine, step)));
    const registry = await context.registry(spec);
    const done = [];
    for (const [index, step] of steps.entries()) {
      const image = images[index];
      if (image === undefined) continue;
      noticeOtherRevision(context.progress, step, image, revision);
      const { digest } = await push(context, engine, registry, step, image.id);
      done.push({ ...entry(registry.host, step), digest });
    }
    return { ...report(done), outputs: imageOutputs(done) };
  },
};

interface Published {
  name: string;
  /** Under the image's own tag. */
  reference: string;
  /** All, with the one above. */
  references: readonly string[];
  /** Undefined before it is pushed. */
  digest?: string;
}

function entry(host: string, { name, repository, tags }: PublishStep): Published {
  const references = tags.map((tag) => `${host}/${repository}:${tag}`);
  return { name, reference: references[0] ?? '', references };
}

function report(published: readonly Published[]) {
  const lines = published.flatMap(({ references, digest }) =>
    references.map((reference) =>
      digest === undefined ? `would publish ${reference}` : `${reference} ${digest}`,
    ),
  );
  return { text: lines.join('\n'), json: published };
}

/** @throws {BuildenvError} `not-found` */
async function findImage(
  { distros }: Project,
  engine: Engine,
  { name, local }: PublishStep,
): Promise<ImageDetails> {
  const image = await engine.images.inspectImage(formatReference(local));
  if (image !== undefined) return image;
  const make = distros.has(name) ? 'distro' : 'image build';
  throw new BuildenvError('not-found', `The engine has no image ${formatReference(local)}`, {
    hint: `Make it first: buildenv ${make} ${name}`,
  });
}

/** An image of an earlier commit has the branch's tag too. */
function noticeOtherRevision(
  progress: Progress,
  { name }: PublishStep,
  { labels }: ImageDetails,
  revision: Revision | undefined,
): void {
  const assembled = labels[REVISION];
  if (assembled === undefined || revision === undefined || assembled === revision.commit) return;
  progress.notice(`${name}: assembled from ${assembled}; the tree is at ${revision.commit}`);
}

function push(
  { process, progress }: CommandContext,
  engine: Engine,
  registry: Registry,
  { name, repository, tags }: PublishStep,
  id: string,
): Promise<PushedImage> {
  const task = `publishing to ${registry.host}/${repository}`;
  return untilInterrupted(process, (signal) =>
    showTask(
      progress,
      name,
      task,
      () => {
        const options = transferOptions(progress, name, signal);
        return pushImage(engine.images, registry, { id, repository, tags }, options);
      },
      ({ digest, action }) => (action === 'push' ? digest : `${digest}, which the registry had`),
    ),
  );
}
