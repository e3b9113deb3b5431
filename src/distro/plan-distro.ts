import type { ArchiveEntry } from '../archive/archive-entry';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import type { DistroSpec } from './distro-spec';
import { imageChanges } from './image-changes';
import { layerEntries } from './layer-entries';
import { listProblems } from './list-problems';
import type { Selection, SelectionProblem } from './selection';

/** What a distro is made for and from, beside its files. */
export interface DistroContext {
  project: string;
  namespace: string;
  tag: string;
  /** Time of everything in the image, Unix time in seconds. */
  time: number;
  /** Undefined where the tree is in no git repository. */
  revision: { commit: string; dirty: boolean; source?: string | undefined } | undefined;
}

/** A distro ready to be assembled, which `--dry-run` prints. */
export interface DistroPlan {
  name: string;
  repository: string;
  tag: string;
  /** The layer's entries, in order. */
  entries: readonly ArchiveEntry[];
  /** Bytes of all its files. */
  bytes: number;
  /** Dockerfile instructions for the image's configuration. */
  changes: readonly string[];
}

/**
 * Plans a distro. Equal inputs give equal plans, and equal plans and files equal layers.
 *
 * @throws {BuildenvError} with all that is wrong: `not-found` where selected files are missing,
 * `host` where some cannot be packed, `config` where paths clash or a value fits no image
 */
export function planDistro(
  spec: DistroSpec,
  selection: Selection,
  context: DistroContext,
): DistroPlan {
  if (selection.problems.length > 0) throw unpackable(spec.name, selection.problems);
  const entries = layerEntries(spec, selection.entries, context.time);
  return {
    name: spec.name,
    repository: `${context.namespace}/${spec.name}`,
    tag: context.tag,
    entries,
    bytes: entries.reduce((sum, entry) => sum + (entry.kind === 'file' ? entry.size : 0), 0),
    changes: imageChanges(spec.config, labels(context)),
  };
}

function labels({ project, revision }: DistroContext): Record<string, string> {
  const own = { [LABEL.project]: project, [LABEL.kind]: 'distro' };
  if (revision === undefined) return own;
  const commit = revision.dirty ? `${revision.commit}-dirty` : revision.commit;
  return {
    ...own,
    'org.opencontainers.image.revision': commit,
    ...(revision.source === undefined
      ? {}
      : { 'org.opencontainers.image.source': revision.source }),
  };
}

function unpackable(name: string, problems: readonly SelectionProblem[]): BuildenvError {
  const lines = problems.map(
    ({ origin, reason, by }) => `${origin} ${reason} (distros.${name}.${by})`,
  );
  const missing = problems.every((problem) => problem.missing);
  return new BuildenvError(missing ? 'not-found' : 'host', listProblems(`Distro ${name}`, lines), {
    hint: missing
      ? 'Build what is missing, or correct "from" in buildenv.yaml.'
      : 'Select files, folders and links that you may read; leave the rest out.',
  });
}
