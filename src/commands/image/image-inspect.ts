import { BuildenvError } from '../../errors/buildenv-error';
import { formatReference } from '../../image/reference';
import type { Command } from '../command';
import { planProjectImages } from './plan-project-images';

export const imageInspect: Command = {
  name: 'image inspect',
  words: 'NAME..',
  summary: 'Show what the engine knows of images, as JSON',
  examples: [['buildenv image inspect toolchain', 'Identity, labels, layers and configuration']],
  async run(context, { words }) {
    if (words.length === 0) {
      throw new BuildenvError('usage', 'image inspect needs the name of an image', {
        hint: 'See `buildenv image list`.',
      });
    }
    const project = context.project();
    const engine = await context.engine();
    const steps = await planProjectImages(context, project, engine, {
      names: words,
      args: {},
      rebuild: false,
    });
    const images = await Promise.all(
      steps
        .filter(({ name }) => words.includes(name))
        .map(async ({ name, reference }) => {
          const image = await engine.images.inspectImage(formatReference(reference));
          if (image !== undefined) return { name, ...image };
          throw new BuildenvError('not-found', `There is no image ${formatReference(reference)}`, {
            hint: `Build it: buildenv image build ${name}`,
          });
        }),
    );
    return { text: JSON.stringify(images, undefined, 2), json: images };
  },
};
