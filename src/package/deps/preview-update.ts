import { BuildenvError } from '../../errors/buildenv-error';
import { replaceFile } from '../../host/replace-file';
import { tryUpdate, type UpdateRequest, type UpdateResult } from './apply-update';
import { ProjectCopy } from './copy-project';
import { diffFiles } from './diff-files';

/** Where a path of the consuming project, or of a file beside it, is while an update runs. */
export type PlaceOf = (path: string) => string;

export interface PreviewRequest {
  /** Absolute path of the consuming project. */
  directory: string;
  /** The update as it is run in a copy of the project, at a path. */
  updateIn: (directory: string, placeOf: PlaceOf) => UpdateRequest;
  /** The repository's descriptions, by absolute paths. */
  repositoryFiles: readonly { path: string; text: string }[];
  /** Absolute path of a folder for the copy. */
  parent: string;
  env: Readonly<Record<string, string | undefined>>;
}

export interface UpdatePreview extends UpdateResult {
  /** What would change, as `git apply` takes it. */
  diff: string;
}

/**
 * Runs the consuming project's update in a copy of it, which is then removed.
 * @throws {BuildenvError} as `tryUpdate`, and `host` where the command changed the project itself
 */
export async function previewUpdate(
  { directory, updateIn, repositoryFiles, parent, env }: PreviewRequest,
  onText: (text: string) => void,
  signal: AbortSignal,
): Promise<UpdatePreview> {
  const copy = await ProjectCopy.make(directory, parent, env);
  try {
    const placeOf: PlaceOf = (path) => copy.placeOf(path);
    for (const { path, text } of repositoryFiles) replaceFile(placeOf(path), text);
    const result = await tryUpdate(updateIn(copy.directory, placeOf), onText, signal);
    const strangers = await copy.changesOfOriginal(env);
    if (strangers.length > 0) throw escaped(directory, strangers);
    return { ...result, diff: await diffFiles(directory, copy.directory, result.changed) };
  } finally {
    copy.remove();
  }
}

function escaped(directory: string, paths: readonly string[]): BuildenvError {
  const list = paths.map((path) => `\n  ${path}`).join('');
  return new BuildenvError('host', `The command left its copy, and changed ${directory}:${list}`, {
    hint: 'Write rpm.deps.command with paths relative to rpm.deps.directory.',
  });
}
