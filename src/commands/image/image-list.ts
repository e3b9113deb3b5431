import { formatReference } from '../../image/reference';
import type { Command } from '../command';
import { formatSize } from '../format-size';
import { formatTable } from '../format-table';
import { planProjectImages } from './plan-project-images';

const STATE = {
  none: 'up to date',
  retag: 'under its key',
  pull: 'to pull',
  obtain: 'to get',
  build: 'to build',
};

export const imageList: Command = {
  name: 'image list',
  words: '[NAME..]',
  summary: "List the project's images and whether they are up to date",
  examples: [['buildenv image list --json', 'The same for a program']],
  async run(context, { words }) {
    const project = context.project();
    const engine = await context.engine();
    const names = words.length > 0 ? words : [...project.images.keys()];
    const steps = await planProjectImages(context, project, engine, {
      names,
      args: {},
      rebuild: false,
    });
    const images = await Promise.all(
      steps.map(async ({ name, reference, key, action }) => {
        const image = await engine.images.inspectImage(formatReference(reference));
        const { id = null, size = null } = image ?? {};
        return { name, action, reference: formatReference(reference), key, id, size };
      }),
    );
    const rows = images.map(({ reference, action, id, size }) => [
      reference,
      STATE[action],
      id?.replace('sha256:', '').slice(0, 12) ?? '-',
      size === null ? '-' : formatSize(size),
    ]);
    return { text: formatTable(['IMAGE', 'STATE', 'ID', 'SIZE'], rows), json: images };
  },
};
