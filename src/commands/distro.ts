import { distroTag } from '../config/image-tags';
import type { Project } from '../config/project';
import { type AssembledDistro, applyDistro } from '../distro/apply-distro';
import { branchTag } from '../distro/branch-tag';
import type { DistroSpec } from '../distro/distro-spec';
import { type DistroPlan, planDistro } from '../distro/plan-distro';
import { sourceTime } from '../distro/source-time';
import type { Engine } from '../engine/engine';
import { BuildenvError } from '../errors/buildenv-error';
import { InterruptedError } from '../errors/interrupted-error';
import { readRevision } from '../git/read-revision';
import type { Command } from './command';
import type { CommandContext } from './command-context';
import { formatSize } from './format-size';
import { selectDistro } from './select-distro';
import { imageOutputs } from './image-outputs';

export const distro: Command = {
  name: 'distro',
  words: '[NAME..]',
  summary: 'Assemble minimal images from built files, without a Dockerfile',
  details:
    'The files are streamed into the engine; equal files give an equal layer on any machine. The ' +
    "tag is made from the git branch; IMAGE_VERSION sets another. Without a NAME: all of the project's.",
  examples: [
    ['buildenv distro', 'Assemble all distros'],
    ['buildenv distro km --dry-run', 'Say what would be in one'],
    ['IMAGE_VERSION=v1.2 buildenv distro', 'Choose the tag'],
  ],
  async run(context, { words }) {
    const project = context.project();
    const plans = await planDistros(context, project, chosenDistros(project, words));
    if (context.dryRun) {
      return { text: plans.map(planText).join('\n'), json: plans.map(planJson) };
    }
    const engine = await context.engine();
    const made = [];
    for (const plan of plans) {
      made.push({ name: plan.name, ...(await assemble(context, engine, plan)) });
    }
    const text = made.map(
      ({ reference, size, layer }) => `${reference} ${formatSize(size)} ${layer}`,
    );
    return { text: text.join('\n'), json: made, outputs: imageOutputs(made) };
  },
};

function chosenDistros({ distros, file }: Project, names: readonly string[]): DistroSpec[] {
  if (names.length === 0 && distros.size === 0) {
    throw new BuildenvError('config', `${file} has no distros`, {
      hint: 'Add one: docs/configuration.md has an example.',
    });
  }
  if (names.length === 0) return [...distros.values()];
  return names.map((name) => {
    const spec = distros.get(name);
    if (spec !== undefined) return spec;
    throw new BuildenvError('usage', `There is no distro '${name}'`, {
      hint: `This project has: ${[...distros.keys()].join(', ')}.`,
    });
  });
}

async function planDistros(
  context: CommandContext,
  project: Project,
  specs: readonly DistroSpec[],
): Promise<DistroPlan[]> {
  const { env } = context;
  const { root, name, namespace } = project;
  const revision = await readRevision(root, env);
  const { tag } = distroTag(env, branchTag(revision));
  const time = sourceTime(env['SOURCE_DATE_EPOCH'], revision?.commitTime);
  const plans: DistroPlan[] = [];
  for (const spec of specs) {
    const selection = await selectDistro(context, project, spec);
    plans.push(planDistro(spec, selection, { project: name, namespace, tag, time, revision }));
  }
  return plans;
}

async function assemble(
  { progress, process }: CommandContext,
  engine: Engine,
  plan: DistroPlan,
): Promise<AssembledDistro> {
  progress.begin(plan.name, `assembling ${plan.entries.length} entries, ${formatSize(plan.bytes)}`);
  const interruption = new AbortController();
  const stopListening = process.onSignal((signal) =>
    interruption.abort(new InterruptedError(signal)),
  );
  try {
    const made = await applyDistro(plan, engine.images, interruption.signal);
    progress.end(plan.name, made.reference);
    return made;
  } catch (error) {
    progress.fail(plan.name);
    throw error;
  } finally {
    stopListening();
  }
}

function planText({ repository, tag, entries, bytes, changes }: DistroPlan): string {
  const head = `${repository}:${tag}: ${entries.length} entries, ${formatSize(bytes)}`;
  const paths = entries.map(({ kind, mode, path }) => `${kind.padEnd(6)} ${octal(mode)} /${path}`);
  return [head, ...[...paths, ...changes].map((line) => `  ${line}`)].join('\n');
}

function planJson({ name, repository, tag, entries, bytes, changes }: DistroPlan): object {
  return {
    name,
    reference: `${repository}:${tag}`,
    entries: entries.map(({ kind, mode, path }) => ({
      kind,
      mode: octal(mode),
      path: `/${path}`,
    })),
    bytes,
    changes,
  };
}

/** As `mode` is written in the configuration. */
function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
