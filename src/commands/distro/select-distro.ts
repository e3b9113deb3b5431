import { checkSelection } from '../../distro/check-selection';
import type { DistroSpec } from '../../distro/distro-spec';
import { configOverBase, type DistroBase } from '../../distro/over-base';
import { readCapabilities, unreadCapabilities } from '../../distro/read-capabilities';
import { selectFiles } from '../../distro/select-files';
import { selectLibraries } from '../../distro/select-libraries';
import { SelectedTree } from '../../distro/selected-tree';
import type { Selection, TreeEntry } from '../../distro/selection';
import type { CommandContext, Project } from '../command-context';
import { sourceImage, withImageFiles } from './with-image-files';

/** A selection, and what is odd in it. */
interface CheckedSelection extends Selection {
  notices: readonly string[];
}

/**
 * Looks up all that a distro selects, and checks that it will run. The engine
 * is asked only by a distro that takes libraries or files from an image; the image is built first
 * where it is not up to date.
 *
 * @param base what it stands on
 */
export async function selectDistro(
  context: CommandContext,
  project: Project,
  spec: DistroSpec,
  base: DistroBase | undefined,
): Promise<CheckedSelection> {
  const below = entriesOf(base);
  const { entries, problems } = await selectEntries(context, project, spec, below);
  // What is missing would show again, as what the rest needs.
  if (problems.length > 0) return { entries, problems, notices: [] };
  const tree = new SelectedTree([...below, ...entries]);
  const config = base === undefined ? spec.config : configOverBase(spec.config, base.config);
  const architecture = context.platform.split('/')[1] ?? '';
  const checked = await checkSelection(entries, tree, config, architecture);
  const notices = [...checked.notices, ...unreadCapabilities(entries, context.env)];
  return { entries, problems: checked.problems, notices };
}

async function selectEntries(
  context: CommandContext,
  project: Project,
  spec: DistroSpec,
  below: readonly TreeEntry[],
): Promise<Selection> {
  const imageId = await sourceImage(context, project, spec);
  if (imageId === undefined) return withCapabilities(selectFiles(spec.files));

  return withImageFiles(context, imageId, async (image) => {
    const selection = await withCapabilities(selectFiles(spec.files, image));
    if (spec.libraries === undefined) return selection;
    return selectLibraries(spec, selection, below, image);
  });
}

async function withCapabilities(selecting: Promise<Selection>): Promise<Selection> {
  const { entries, problems } = await selecting;
  return { entries: await readCapabilities(entries), problems };
}

function entriesOf(base: DistroBase | undefined): TreeEntry[] {
  const entries = [...(base?.contents.values() ?? [])];
  return entries.flatMap((entry) => (entry.kind === 'buffer' ? [] : [entry]));
}
