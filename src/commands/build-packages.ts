import { join } from 'node:path';
import type { Engine } from '../engine/engine';
import { InterruptedError } from '../errors/interrupted-error';
import { applyPackages, type PackageEvent } from '../package/build/apply-packages';
import { type PackageStep, planPackages } from '../package/build/plan-packages';
import { choosePackages } from '../package/choose-packages';
import { gatherPackages } from '../package/gather-packages';
import type { PackageSpec } from '../package/package-spec';
import { ensureState, loadState, type PackageState, updateState } from '../package/package-state';
import { type PackageScope, packageScope } from '../package/scope';
import { BuildenvError } from '../errors/buildenv-error';
import type { CommandContext } from './command-context';
import { packageImages } from './package-images';

/** What the commands of `rpm` begin with. */
export interface PackageSetting {
  scope: PackageScope;
  engine: Engine;
  specs: readonly PackageSpec[];
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

/** Runs work that a signal ends. */
export async function interruptible<T>(
  { process }: Pick<CommandContext, 'process'>,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interruption = new AbortController();
  const stopListening = process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  try {
    return await work(interruption.signal);
  } finally {
    stopListening();
  }
}

/** Folder of the logs of builds, a file for each package. */
export function logFolder({ folder }: PackageScope): string {
  return join(folder, 'logs');
}

/** Plans the builds of packages; everything is checked before the engine is asked. */
export async function planProjectPackages(
  context: CommandContext,
  names: readonly string[],
  rebuild: boolean,
): Promise<PackageSetting & { steps: PackageStep[]; state: PackageState | undefined }> {
  const specs = chosenPackages(context, names);
  const gathered = await gatherPackages(specs, context.env, context.cwd);
  const engine = await context.engine();
  const images = await packageImages(
    context,
    engine,
    specs.map(({ image }) => image),
  );
  const scope = scopeOf(context);
  const state = await loadState(scope, engine);
  const place = { scope, imageOf: ({ image }: PackageSpec) => images.get(image) ?? image };
  const steps = planPackages(gathered, state?.packages ?? {}, place, rebuild);
  return { scope, engine, specs, steps, state };
}

/** Builds what a plan says. @returns the state afterwards */
export async function buildPackages(
  context: CommandContext,
  { scope, engine, steps }: PackageSetting & { steps: readonly PackageStep[] },
): Promise<PackageState> {
  let state = await ensureState(scope, engine);
  const base = state;
  await interruptible(context, (signal) =>
    applyPackages(engine.containers, steps, {
      logFolder: logFolder(scope),
      signal,
      onEvent: (name, event) => show(context, name, event),
      onBuilt: (name, built) => {
        state = updateState(scope, base, (before) => ({
          ...before,
          packages: { ...before.packages, [name]: built },
        }));
      },
    }),
  );
  return state;
}

function show({ progress }: CommandContext, name: string, event: PackageEvent): void {
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
