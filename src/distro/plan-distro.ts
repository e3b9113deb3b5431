import type { ArchiveEntry } from '../archive/archive-entry';
import { BuildenvError } from '../errors/buildenv-error';
import { LABEL } from '../image/labels';
import type { ImageConfig } from '../oci/image-config';
import type { DistroSpec } from './distro-spec';
import { layerEntries } from './layer-entries';
import { layerGroups } from './layer-groups';
import { bytesOf, splitLayers } from './split-layers';
import type { SourceTimes } from './source-times';
import { listProblems } from './list-problems';
import { configOverBase, type DistroBase, entriesOverBase } from './over-base';
import type { Selection, SelectionProblem } from './selection';

/** What a distro is made for and from, beside its files. */
export interface DistroContext {
  project: string;
  namespace: string;
  tag: string;
  times: SourceTimes;
  /** `linux/amd64` */
  platform: string;
  /** Undefined where the tree is in no git repository. */
  revision: { commit: string; dirty: boolean; source?: string | undefined } | undefined;
}

/** A distro ready to be assembled, which `--dry-run` prints. */
export interface DistroPlan {
  name: string;
  project: string;
  repository: string;
  tag: string;
  /** What is stored on the base, in order. */
  entries: readonly ArchiveEntry[];
  /** The same, as the layers to make of it, the lowest first. */
  layers: readonly (readonly ArchiveEntry[])[];
  /** Bytes of all stored files. */
  bytes: number;
  config: ImageConfig;
  /** `linux/amd64` */
  platform: string;
  /** When the image was made, as it says, Unix time in seconds. */
  time: number;
  /** What another distro finds when it stands on this one. */
  asBase: DistroBase;
}

/**
 * Plans a distro. Equal inputs give equal plans, and equal plans and files equal images.
 *
 * @throws {BuildenvError} with all that is wrong: `not-found` where selected files are missing,
 * `host` where some cannot be packed, `config` where paths clash
 */
export function planDistro(
  spec: DistroSpec,
  selection: Selection,
  context: DistroContext,
  base?: DistroBase,
): DistroPlan {
  if (selection.problems.length > 0) throw unpackable(spec.name, selection.problems);
  const { project, namespace, tag, times, platform } = context;
  const all = layerEntries(spec, selection.entries, times.files);
  const selected = new Set(selection.entries.map(({ path }) => path));
  const entries = base === undefined ? all : entriesOverBase(spec.name, all, selected, base);
  const fromImage = new Set(
    selection.entries.flatMap(({ path, imagePath }) => (imagePath === undefined ? [] : [path])),
  );
  const repository = `${namespace}/${spec.name}`;
  const config = base === undefined ? spec.config : configOverBase(spec.config, base.config);
  return {
    name: spec.name,
    project,
    repository,
    tag,
    entries,
    layers: layerGroups(entries, fromImage).flatMap((group) => splitLayers(group)),
    bytes: bytesOf(entries),
    config: { ...config, labels: { ...config.labels, ...labels(context) } },
    platform,
    time: times.image,
    asBase: {
      reference: `${repository}:${tag}`,
      contents: new Map([
        ...(base?.contents ?? []),
        ...entries.map((entry) => [entry.path, entry] as const),
      ]),
      config,
    },
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
