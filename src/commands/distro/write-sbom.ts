import { resolve } from 'node:path';
import { digestsOf } from '../../distro/digests-of';
import { type OwningPackage, owningPackages } from '../../distro/owning-packages';
import { BuildenvError } from '../../errors/buildenv-error';
import { replaceFile } from '../../host/replace-file';
import { type BilledFile, spdxDocument } from '../../sbom/spdx-document';
import type { CommandContext, Project } from '../command-context';
import type { PlannedDistro } from './plan-project-distros';
import { sourceImage, withImageFiles } from './with-image-files';

/**
 * Where `--sbom` asks for a bill of materials.
 * @throws {BuildenvError} `usage` for another format, or with several distros
 */
export function sbomFile(
  { cwd }: CommandContext,
  option: string,
  words: readonly string[],
  { distros }: Project,
): string {
  const [, file] = /^spdx:(.+)$/.exec(option) ?? [];
  if (file === undefined) {
    throw new BuildenvError('usage', `--sbom ${option} names no format and file`, {
      hint: 'Write --sbom spdx:FILE.',
    });
  }
  if (words.length !== 1 && !(words.length === 0 && distros.size === 1)) {
    throw new BuildenvError('usage', 'A bill of materials is of one distro', {
      hint: 'Name the distro: buildenv distro NAME --sbom spdx:FILE',
    });
  }
  return resolve(cwd, file);
}

/**
 * Writes what the last of the distros consists of, beside and renamed: its files and those of what
 * it stands on, with the packages of their images that own them.
 */
export async function writeSbom(
  context: CommandContext,
  project: Project,
  planned: readonly PlannedDistro[],
  file: string,
): Promise<void> {
  const top = planned.at(-1);
  if (top === undefined) return;
  const owners = new Map<string, OwningPackage>();
  // Each is after what it stands on, and hides that.
  for (const { plan, fromImage } of planned) {
    const spec = project.distros.get(plan.name);
    const imageId = spec && (await sourceImage(context, project, spec));
    if (imageId === undefined || fromImage.size === 0) continue;
    const packages = await withImageFiles(context, imageId, (image) =>
      owningPackages(image, new Set(fromImage.values())),
    );
    for (const [path, imagePath] of fromImage) {
      const owner = packages.get(imagePath);
      if (owner !== undefined) owners.set(path, owner);
    }
  }

  const files: BilledFile[] = [];
  for (const entry of top.plan.asBase.contents.values()) {
    if (entry.kind !== 'file') continue;
    const owner = owners.get(entry.path)?.url;
    files.push({ path: `/${entry.path}`, owner, ...(await digestsOf(entry.source)) });
  }
  const { repository, tag, time } = top.plan;
  const packages = [...new Map([...owners.values()].map((one) => [one.url, one])).values()];
  const document = spdxDocument({ image: `${repository}:${tag}`, time, files, packages });
  replaceFile(file, `${JSON.stringify(document, undefined, 2)}\n`);
}
