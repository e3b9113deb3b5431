import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { packEntries } from '../archive/pack-entries';
import type { ImageStore } from '../engine/engine';
import type { DistroPlan } from './plan-distro';

/**
 * Imports a layer as the plan's image. An engine takes most instructions with the import; those that
 * it refuses there it takes from a Dockerfile on top of the import, which adds no layer.
 *
 * @returns the image's id
 */
export async function importLayer(
  plan: DistroPlan,
  layer: Readable,
  images: ImageStore,
): Promise<string> {
  const { repository, tag, changes } = plan;
  const refused = changes.filter((change) => change.startsWith('STOPSIGNAL '));
  if (refused.length === 0) return images.importImage({ repository, tag, changes }, layer);

  const reference = `${repository}:${tag}`;
  const hash = createHash('sha256').update(reference).digest('hex').slice(0, 16);
  const importTag = `import-${hash}`;
  const accepted = changes.filter((change) => !refused.includes(change));
  await images.importImage({ repository, tag: importTag, changes: accepted }, layer);
  try {
    const dockerfile = [`FROM ${repository}:${importTag}`, ...refused, ''].join('\n');
    return await images.buildImage(
      {
        tags: [reference],
        dockerfile: 'Dockerfile',
        args: {},
        labels: {},
        noCache: true,
        network: 'none',
        buildkit: false,
      },
      packEntries([
        {
          kind: 'buffer',
          path: 'Dockerfile',
          content: Buffer.from(dockerfile),
          mode: 0o644,
          uid: 0,
          gid: 0,
          mtime: 0,
        },
      ]),
      () => undefined,
    );
  } finally {
    await images.removeImage(`${repository}:${importTag}`);
  }
}
