import { posix } from 'node:path';
import { libraryClosure, type MissingLibrary } from '../elf/library-closure';
import type { ImageFiles } from '../rootfs/image-files';
import type { DistroSpec } from './distro-spec';
import { imageSelection, selectImageFiles } from './select-image-files';
import { SelectedTree } from './selected-tree';
import type { SelectedEntry, Selection, SelectionProblem, TreeEntry } from './selection';

const BY = 'libraries';

/** Programs have an x bit; libraries need none, and are known by their names. */
const LIBRARY = /\.so(?:\.|$)/;

/**
 * Adds to a selection what its programs and libraries need to be loaded: libraries that are not
 * selected, loaders, and the links to these, at the image's paths; and `extra` with what that needs.
 * What is selected hides what the image has at its path.
 *
 * @param below what the distro stands on
 * @throws {BuildenvError} what the engine says; a library that is in neither is a problem
 */
export async function selectLibraries(
  { libraries, config }: DistroSpec,
  selection: Selection,
  below: readonly TreeEntry[],
  image: ImageFiles,
): Promise<Selection> {
  const extra = await Promise.all(
    (libraries?.extra ?? []).map((fromImage, index) =>
      selectImageFiles({ fromImage }, `${BY}.extra[${index}]`, image),
    ),
  );
  const taken = new Set(selection.entries.map(({ path }) => path));
  const entries = [...selection.entries];
  const take = (entry: SelectedEntry) => {
    if (taken.has(entry.path)) return;
    taken.add(entry.path);
    entries.push(entry);
  };
  for (const entry of extra.flatMap((one) => one.entries)) take(entry);

  const tree = new SelectedTree([...below, ...entries], image);
  const roots = [...below, ...entries].filter(isLoadable).map(({ path }) => `/${path}`);
  const ofBase = new Set(below.map(({ path }) => `/${path}`));
  const folders = (config.env['LD_LIBRARY_PATH'] ?? '')
    .split(/[:;]/)
    .filter((folder) => folder.startsWith('/'));
  const closure = await libraryClosure(tree, roots, folders);
  for (const path of closure.paths) {
    const entry = tree.has(path) ? undefined : await image.look(path);
    if (entry !== undefined) imageSelection(entry, path.slice(1), BY).forEach(take);
  }
  return {
    entries,
    problems: [
      ...selection.problems,
      ...extra.flatMap(({ problems }) => problems),
      ...closure.missing.filter(({ neededBy }) => !ofBase.has(neededBy)).map(problem),
    ],
  };
}

function isLoadable(entry: TreeEntry): boolean {
  if (entry.kind === 'folder') return false;
  const executable = entry.kind === 'file' && (entry.mode & 0o111) !== 0;
  return executable || LIBRARY.test(posix.basename(entry.path));
}

function problem({ neededBy, name, searched }: MissingLibrary): SelectionProblem {
  const where = searched.length === 0 ? '' : `, looked for in ${searched.join(', ')}`;
  return {
    by: BY,
    origin: neededBy,
    reason: `needs ${name}, which is not there${where}`,
    missing: true,
  };
}
