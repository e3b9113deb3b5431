import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import { applyResolve, type LockedPackage } from '../../package/deps/apply-resolve';
import { applyUpdate, type UpdateResult } from '../../package/deps/apply-update';
import { depsVariables, pinsOf } from '../../package/deps/deps-variables';
import { lockChanges, lockText } from '../../package/deps/lock-file';
import { resolveJob } from '../../package/deps/plan-resolve';
import { readRepositories } from '../../config/read-repositories';
import type { DepsSpec } from '../../package/package-spec';
import { replaceFile } from '../../host/replace-file';
import { quoteForShell } from '../../run/docker-argv';
import { exportedVersions } from '../../package/versions';
import { untilInterrupted } from '../until-interrupted';
import { logFolder, type PackageSetting } from './build-packages';
import type { CommandResult } from '../command';
import type { CommandContext } from '../command-context';
import { packageImages } from './package-images';
import { builtState } from './package-server';
import { repositoryFiles } from './rpm-repo';

/** The task's name in progress. */
const TASK = 'deps';

/** Updates the consuming project with what is served at a URL. */
export async function updateDeps(
  context: CommandContext,
  { scope, engine, specs }: PackageSetting,
  url: string,
): Promise<CommandResult> {
  const { rpm } = context.project();
  const deps = depsOf(context);
  const { packages } = await builtState(scope, engine);
  const exported = exportedVersions(specs, packages);
  const pins = pinsOf(exported, context.env);
  const repositories = readRepositories(deps);
  const image = rpm.image ?? specs[0]?.image ?? '';
  const images = await packageImages(context, engine, [image]);
  const resolve = deps.backend === 'resolve' || repositories.length > 0;
  const request = { scope, url, pins, repositories, deps, resolve };
  const job = resolveJob({ ...request, image: images.get(image) ?? image });
  return untilInterrupted(context.process, async (signal) => {
    const lock = await applyResolve(engine.containers, job, signal);
    if (deps.backend === 'resolve') return writeLock(context, deps, lock ?? []);
    const env = depsVariables(deps, exported, rpm.repositoryFile, context.env);
    if (context.dryRun) return plannedUpdate(deps, env);
    for (const { path, text } of repositoryFiles(context, url)) replaceFile(path, text);
    context.progress.begin(TASK, deps.command.join(' '));
    try {
      const result = await applyUpdate(
        {
          deps,
          env: { ...context.env, ...env },
          logFile: join(logFolder(scope), `${TASK}.log`),
          url,
          pinned: exported.map((one) => one.rpm),
          rpms: Object.values(packages).flatMap(({ rpms }) => rpms),
        },
        (text) => context.progress.log(TASK, text),
        signal,
      );
      context.progress.end(TASK, `${result.changed.length} files changed`);
      return updated(result, env);
    } catch (error) {
      context.progress.fail(TASK);
      throw error;
    }
  });
}

/** @throws {BuildenvError} `config` where no consuming project is configured */
export function depsOf(context: CommandContext): DepsSpec {
  const { rpm, file } = context.project();
  if (rpm.deps !== undefined) return rpm.deps;
  throw new BuildenvError('config', `${file} has no rpm.deps: no project consumes the packages`, {
    hint: 'Name it there: docs/packages.md has an example.',
  });
}

function writeLock(
  { dryRun }: CommandContext,
  { directory, files, arch }: DepsSpec,
  packages: readonly LockedPackage[],
): CommandResult {
  const file = join(directory, files[0] ?? '');
  const changes = lockChanges(file, packages);
  if (!dryRun && changes.length > 0) replaceFile(file, lockText(arch, packages));
  const head = changes.length === 0 ? `${file} is up to date` : file;
  return {
    text: [head, ...changes].join('\n'),
    json: { changed: changes.length === 0 ? [] : [file], changes, variables: {} },
  };
}

function plannedUpdate(
  { directory, command }: DepsSpec,
  variables: Readonly<Record<string, string>>,
): CommandResult {
  const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
  return {
    text: `cd ${quoteForShell([directory])} && env ${quoteForShell([...words, ...command])}`,
    json: { changed: [], changes: [], variables },
  };
}

function updated(
  { changed }: UpdateResult,
  variables: Readonly<Record<string, string>>,
): CommandResult {
  const text = changed.length === 0 ? 'nothing changed' : changed.join('\n');
  return { text, json: { changed, changes: [], variables } };
}
