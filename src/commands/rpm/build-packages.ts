import { join } from 'node:path';
import type { Engine } from '../../engine/engine';
import { applyPackages, type PackageEvent } from '../../package/build/apply-packages';
import { type PackageStep, planPackages } from '../../package/build/plan-packages';
import { choosePackages } from '../../package/choose-packages';
import { gatherPackages } from '../../package/gather-packages';
import type { PackageSpec } from '../../package/package-spec';
import { applyRepository } from '../../package/repository/apply-repository';
import { planRepository } from '../../package/repository/plan-repository';
import {
  ensureState,
  loadState,
  type PackageState,
  updateState,
} from '../../package/package-state';
import { type PackageScope, packageScope } from '../../package/scope';
import { BuildenvError } from '../../errors/buildenv-error';
import type { CommandContext } from '../command-context';
import { untilInterrupted } from '../until-interrupted';
import { packageImages } from './package-images';

/** What the commands of `rpm` begin with. */
export interface PackageSetting {
  scope: PackageScope;
  engine: Engine;
  specs: readonly PackageSpec[];
}

/** What is to be built, and by what the repository is made. */
export interface PackagePlan extends PackageSetting {
  steps: readonly PackageStep[];
  /** Id of the image. */
  repositoryImage: string;
}

/** @throws {BuildenvError} `config` for a project without packages */
export function chosenPackages(context: CommandContext, names: readonly string[]): PackageSpec[] {
  const { packages, file } = context.project();
  if (packages.size === 0) {
    throw new BuildenvError('config', `${file} has no packages`, {
      hint: 'Add one: docs/packages.md has an example.',
    });
  }
  return choosePackages(packages, names, context.env);
}

export function scopeOf({ cacheFolder, owner, ...context }: CommandContext): PackageScope {
  const { name, root } = context.project();
  return packageScope(name, root, cacheFolder, owner);
}

/** Folder of the logs of builds, a file for each package. */
export function logFolder({ folder }: PackageScope): string {
  return join(folder, 'logs');
}

/** Builds of packages that the configuration still has. */
function present(
  specs: ReadonlyMap<string, PackageSpec>,
  built: PackageState['packages'],
): PackageState['packages'] {
  return Object.fromEntries(Object.entries(built).filter(([name]) => specs.has(name)));
}

/** Plans the builds of packages; everything is checked before the engine is asked. */
export async function planProjectPackages(
  context: CommandContext,
  names: readonly string[],
  rebuild: boolean,
): Promise<PackagePlan> {
  const specs = chosenPackages(context, names);
  const gathered = await gatherPackages(specs, context.env, context.cwd);
  const engine = await context.engine();
  const repositoryImage = context.project().rpm.image ?? specs[0]?.image ?? '';
  const imageNames = [repositoryImage, ...specs.map(({ image }) => image)];
  const images = await packageImages(context, engine, imageNames);
  const imageId = (name: string) => images.get(name) ?? name;
  const scope = scopeOf(context);
  const state = await loadState(scope, engine);
  const place = { scope, imageOf: ({ image }: PackageSpec) => imageId(image) };
  const steps = planPackages(gathered, state?.packages ?? {}, place, rebuild);
  return { scope, engine, specs, steps, repositoryImage: imageId(repositoryImage) };
}

/**
 * Builds what a plan says, and then makes the repository of every package's last build. Where one
 * fails, the repository stays as it is.
 * @returns the state afterwards
 */
export async function buildPackages(
  context: CommandContext,
  { scope, engine, steps, repositoryImage }: PackagePlan,
): Promise<PackageState> {
  let state = await ensureState(scope, engine);
  const base = state;
  await untilInterrupted(context.process, async (signal) => {
    await applyPackages(engine.containers, steps, {
      logFolder: logFolder(scope),
      signal,
      onEvent: (name, event) => showPackage(context, name, event),
      onBuilt: (name, built) => {
        state = updateState(scope, base, (before) => ({
          ...before,
          packages: { ...before.packages, [name]: built },
        }));
      },
    });
    const packages = present(context.project().packages, state.packages);
    const { keep } = context.project().rpm;
    const request = { scope, image: repositoryImage, keep, packages };
    const repository = planRepository(request, state.repository);
    if (repository.action === 'none') return;
    await applyRepository(engine.containers, repository.job, signal);
    state = updateState(scope, state, (before) => ({ ...before, repository: repository.key }));
  });
  return state;
}

/** Shows what happens to a package. */
export function showPackage({ progress }: CommandContext, name: string, event: PackageEvent): void {
  switch (event.kind) {
    case 'begin': {
      progress.begin(name, event.text);
      return;
    }
    case 'phase': {
      progress.step(name, event.phase);
      return;
    }
    case 'log': {
      progress.log(name, event.text);
      return;
    }
    case 'end': {
      progress.end(name, event.text);
      return;
    }
    case 'fail': {
      progress.fail(name);
      return;
    }
  }
}
