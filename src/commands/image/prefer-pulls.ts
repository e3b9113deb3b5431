import type { Project } from '../../config/project';
import { BuildenvError } from '../../errors/buildenv-error';
import type { ImageStep } from '../../image/plan-images';
import type { Manifest, Registry } from '../../registry/registry';
import { remoteRepository } from '../../registry/remote-repository';
import type { CommandContext } from '../command-context';

/**
 * Pulls in the place of builds, for images that the project's first registry has under their content
 * key; what only they need is left out. A registry that cannot be asked is told of, and the image is
 * built.
 * @param steps each after what it needs
 * @param chosen names of the images that are asked for
 */
export async function preferPulls(
  { registry: open, progress }: Pick<CommandContext, 'registry' | 'progress'>,
  { registries, namespace }: Project,
  steps: readonly ImageStep[],
  chosen: readonly string[],
): Promise<readonly ImageStep[]> {
  const [spec] = registries.values();
  if (spec === undefined || steps.every(({ action }) => action !== 'build')) return steps;
  let registry: Registry | undefined = await open(spec);
  const needed = new Set(chosen);
  const result: ImageStep[] = [];
  for (const step of steps.toReversed()) {
    if (!needed.has(step.name)) continue;
    if (step.action !== 'build') {
      result.unshift(step);
      continue;
    }
    const repository = remoteRepository(spec, namespace, step.name);
    let manifest: Manifest | undefined;
    try {
      manifest = await registry?.findManifest(repository, step.keyReference.tag);
    } catch (error) {
      if (!(error instanceof BuildenvError)) throw error;
      progress.notice(`${error.message}; building what is missing`);
      registry = undefined;
    }
    if (manifest === undefined) {
      for (const name of step.spec.needs) needed.add(name);
      result.unshift(step);
    } else {
      const { name, key, reference, keyReference } = step;
      const remote = { repository, manifest };
      result.unshift({ name, key, reference, keyReference, action: 'pull', remote });
    }
  }
  return result;
}
