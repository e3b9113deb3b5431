import { buildImageTag } from '../../config/image-tags';
import { BuildenvError } from '../../errors/buildenv-error';
import { orderImages } from '../../image/order-images';
import { projectImageTags } from '../../image/project-image-tags';
import type { Command } from '../command';

export const imageRemove: Command = {
  name: 'image remove',
  words: 'NAME..',
  summary: 'Remove images from the engine: their tag, and all that was built of them before',
  examples: [['buildenv image remove toolchain', 'The next build starts anew']],
  async run(context, { words }) {
    if (words.length === 0) {
      throw new BuildenvError('usage', 'image remove needs the name of an image', {
        hint: 'See `buildenv image list`.',
      });
    }
    const { namespace, images } = context.project();
    orderImages(images, words);
    const engine = await context.engine();
    const { tag } = buildImageTag(context.env);
    const present = await engine.images.listImages([]);
    const removed = words.flatMap((name) => projectImageTags(present, namespace, name, tag));
    if (!context.dryRun) {
      for (const reference of removed) await engine.images.removeImage(reference);
    }
    const verb = context.dryRun ? 'would remove' : 'removed';
    const text = removed.length === 0 ? 'nothing to remove' : undefined;
    return {
      text: text ?? removed.map((reference) => `${verb} ${reference}`).join('\n'),
      json: { removed },
    };
  },
};
