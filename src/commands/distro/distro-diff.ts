import { distroTag } from '../../config/image-tags';
import { branchTag } from '../../distro/branch-tag';
import type { Engine } from '../../engine/engine';
import { BuildenvError } from '../../errors/buildenv-error';
import { InterruptedError } from '../../errors/interrupted-error';
import { readRevision } from '../../git/read-revision';
import { diffListings, type PathDifference } from '../../rootfs/diff-listings';
import { type ListedEntry, listImage } from '../../rootfs/list-image';
import type { Command } from '../command';
import type { CommandContext } from '../command-context';

export const distroDiff: Command = {
  name: 'distro diff',
  words: 'A B',
  maxWords: 2,
  summary: 'Compare the files of two images',
  details:
    'A and B are distros of the project or references of images that the engine has. Contents, ' +
    'modes and owners count; times do not.',
  examples: [
    ['buildenv distro diff km python-km', 'Compare two distros'],
    ['buildenv distro diff kontain/km:v1 km', 'Compare an earlier image with the distro'],
  ],
  async run(context, { words }) {
    const [before, after] = words;
    if (before === undefined || after === undefined) {
      throw new BuildenvError('usage', 'Two images are needed to compare', {
        hint: 'Name both: buildenv distro diff A B',
      });
    }
    const engine = await context.engine();
    const project = context.configFile() === undefined ? '' : context.project().name;
    const container = { project, owner: context.owner };
    const interruption = new AbortController();
    const stopListening = context.process.onSignal((signal) =>
      interruption.abort(new InterruptedError(signal)),
    );
    try {
      const list = async (name: string) => {
        const id = await imageId(context, engine, name);
        return listImage(engine.containers, id, container, interruption.signal);
      };
      const differences = diffListings(await list(before), await list(after));
      return { text: differences.map(differenceText).join('\n'), json: differences.map(toJson) };
    } finally {
      stopListening();
    }
  },
};

async function imageId(context: CommandContext, engine: Engine, name: string): Promise<string> {
  const project = context.configFile() === undefined ? undefined : context.project();
  let reference = name;
  if (project?.distros.has(name) === true) {
    const revision = await readRevision(project.root, context.env);
    const { tag } = distroTag(context.env, branchTag(revision));
    reference = `${project.namespace}/${name}:${tag}`;
  }
  const image = await engine.images.inspectImage(reference);
  if (image !== undefined) return image.id;
  throw new BuildenvError('not-found', `The engine has no image ${reference}`, {
    hint:
      reference === name
        ? 'Name a distro of the project, or an image that the engine has.'
        : `Assemble it first: buildenv distro ${name}`,
  });
}

/** `+ file 0755 12 /path`, `- ...`, and both sides of what changed: `~ file 0644 -> 0755 12 /path`. */
function differenceText({ path, before, after }: PathDifference): string {
  if (before === undefined || after === undefined) {
    return `${before === undefined ? '+' : '-'} ${fieldsOf(after ?? before).join(' ')} ${path}`;
  }
  const [one, other] = [fieldsOf(before), fieldsOf(after)];
  const fields = one.map((field, index) => {
    const now = other[index] ?? '';
    return field === now ? field : `${field} -> ${now}`;
  });
  const content = before.digest !== after.digest && before.size === after.size;
  return `~ ${fields.join(' ')} ${path}${content ? ' (content)' : ''}`;
}

function fieldsOf(entry: ListedEntry | undefined): string[] {
  if (entry === undefined) return [];
  const { kind, mode, uid, gid, size, target } = entry;
  return [kind, octal(mode), `${uid}:${gid}`, kind === 'link' ? `to ${target}` : `${size} B`];
}

function toJson({ path, before, after }: PathDifference): object {
  return { path, before: entryJson(before), after: entryJson(after) };
}

function entryJson(entry: ListedEntry | undefined): object | null {
  if (entry === undefined) return null;
  const { kind, mode, uid, gid, size, target, digest } = entry;
  return {
    kind,
    mode: octal(mode),
    owner: `${uid}:${gid}`,
    size,
    target: target === '' ? null : target,
    digest: digest === '' ? null : `sha256:${digest}`,
  };
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
