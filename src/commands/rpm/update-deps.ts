import { join } from 'node:path';
import { BuildenvError } from '../../errors/buildenv-error';
import { applyResolve, type LockedPackage } from '../../package/deps/apply-resolve';
import { applyUpdate, type UpdateResult } from '../../package/deps/apply-update';
import { depsVariables, pinsOf } from '../../package/deps/deps-variables';
import { lockChanges, lockText } from '../../package/deps/lock-file';
import { resolveJob } from '../../package/deps/plan-resolve';
import { type PlaceOf, previewUpdate, type UpdatePreview } from '../../package/deps/preview-update';
import { readRepositories } from '../../config/read-repositories';
import type { DepsSpec } from '../../package/package-spec';
import { replaceFile } from '../../host/replace-file';
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
    const described = repositoryFiles(context, url);
    const variablesIn = (directory: string, placeOf: PlaceOf) =>
      depsVariables({ ...deps, directory }, exported, placeOf(rpm.repositoryFile), context.env);
    const updateIn = (directory: string, placeOf: PlaceOf) => ({
      deps: { ...deps, directory },
      env: { ...context.env, ...variablesIn(directory, placeOf) },
      logFile: join(logFolder(scope), `${TASK}.log`),
      url,
      pinned: exported.map((one) => one.rpm),
      rpms: Object.values(packages).flatMap(({ rpms }) => rpms),
    });
    const { directory } = deps;
    const variables = variablesIn(directory, itself);
    const onText = (text: string) => context.progress.log(TASK, text);
    const command = deps.command.join(' ');
    if (context.dryRun) {
      const place = { parent: scope.folder, env: context.env };
      const request = { directory, updateIn, repositoryFiles: described, ...place };
      const preview = () => previewUpdate(request, onText, signal);
      return previewed(await shown(context, `${command}, in a copy`, preview), variables);
    }
    for (const { path, text } of described) replaceFile(path, text);
    const update = () => applyUpdate(updateIn(directory, itself), onText, signal);
    return updated(await shown(context, command, update), variables);
  });
}

const itself: PlaceOf = (path) => path;

/** Shows an update while it goes on. */
async function shown<T extends UpdateResult>(
  { progress }: CommandContext,
  text: string,
  update: () => Promise<T>,
): Promise<T> {
  progress.begin(TASK, text);
  try {
    const result = await update();
    progress.end(TASK, `${result.changed.length} files changed`);
    return result;
  } catch (error) {
    progress.fail(TASK);
    throw error;
  }
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
    json: {
      changed: changes.length === 0 ? [] : [file],
      changes,
      variables: {},
      diff: null,
      problems: [],
    },
  };
}

function previewed(
  { changed, problems, diff }: UpdatePreview,
  variables: Readonly<Record<string, string>>,
): CommandResult {
  const verdict =
    problems.length > 0
      ? problems.map((problem) => `would be refused: ${problem}`)
      : [changed.length > 0 ? 'verified' : 'nothing would change'];
  return {
    text: [...verdict, diff.trimEnd()].join('\n').trimEnd(),
    json: { changed, changes: [], variables, diff, problems },
    status: problems.length > 0 ? 1 : 0,
  };
}

function updated(
  { changed }: UpdateResult,
  variables: Readonly<Record<string, string>>,
): CommandResult {
  const text = changed.length === 0 ? 'nothing changed' : changed.join('\n');
  return { text, json: { changed, changes: [], variables, diff: null, problems: [] } };
}
