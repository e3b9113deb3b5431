import { readLock } from '../../config/read-lock';
import { BuildenvError } from '../../errors/buildenv-error';
import { LOCK_FILE, lockedReferences } from '../../image/lock';
import type { ImageStep } from '../../image/plan-images';
import { formatReference } from '../../image/reference';
import { applyProjectImages } from './apply-project-images';
import type { Command } from '../command';
import type { Project } from '../command-context';
import { chosenImages, planProjectImages } from './plan-project-images';
import { preferPulls } from './prefer-pulls';

export const imageBuild: Command = {
  name: 'image build',
  words: '[NAME..]',
  summary: 'Build the images that changed, after what they need, the others at the same time',
  details:
    'Without a NAME: the images that the environments use. An image whose Dockerfile, context, ' +
    'arguments and needed images are as they were is not built again, and one that the first ' +
    'registry has for the same inputs is pulled.',
  options: {
    'no-cache': {
      kind: 'flag',
      summary: 'Build the named images again, without the builder cache',
    },
    frozen: {
      kind: 'flag',
      summary: 'Fail where buildenv.lock does not pin every upstream base',
    },
    'build-arg': {
      kind: 'list',
      placeholder: 'NAME=value',
      summary: 'Set a build argument over the configured one',
    },
  },
  examples: [
    ['buildenv image', 'Build what changed'],
    ['buildenv image build toolchain --no-cache', 'Build one image from scratch'],
    ['buildenv image --dry-run', 'Say what would be built'],
  ],
  async run(context, args) {
    const project = context.project();
    const engine = await context.engine();
    if (args.flag('frozen')) requirePins(project);
    const noCache = args.flag('no-cache');
    const names = chosenImages(project, args.words);
    const planned = await planProjectImages(context, project, engine, {
      names,
      args: buildArguments(args.values('build-arg')),
      rebuild: noCache,
    });
    const steps = noCache ? planned : await preferPulls(context, project, planned, names);
    if (context.dryRun) return { text: steps.map(planLine).join('\n'), json: steps.map(planJson) };
    const ids = await applyProjectImages(project, engine, steps, noCache, context);
    return {
      text: steps
        .map((step) => `${formatReference(step.reference)} ${DONE[step.action]}`)
        .join('\n'),
      json: steps.map((step) => ({ ...planJson(step), id: ids.get(step.name) })),
    };
  },
};

const DONE: Record<ImageStep['action'], string> = {
  none: 'is up to date',
  retag: 'is tagged',
  pull: 'is pulled',
  obtain: 'is ready',
  build: 'is built',
};

/** @throws {BuildenvError} `config` for upstream images that the lock does not pin */
function requirePins({ root, images }: Project): void {
  const lock = readLock(root);
  const missing = lockedReferences(images.values()).filter((reference) => !lock.has(reference));
  if (missing.length === 0) return;
  throw new BuildenvError('config', `${root}/${LOCK_FILE} does not pin ${missing.join(', ')}`, {
    hint: 'Pin them, and commit the file: buildenv image lock',
  });
}

function planLine({ action, reference, key }: ImageStep): string {
  return `${action.padEnd(6)} ${formatReference(reference)} (key ${key})`;
}

function planJson({ name, action, reference, key }: ImageStep): object {
  return { name, action, reference: formatReference(reference), key };
}

function buildArguments(options: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    options.map((option) => {
      const end = option.indexOf('=');
      if (end > 0) return [option.slice(0, end), option.slice(end + 1)] as const;
      throw new BuildenvError('usage', `--build-arg ${option} has no value`, {
        hint: 'Write it as --build-arg NAME=value.',
      });
    }),
  );
}
