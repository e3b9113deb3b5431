import { chooseRegistry } from '../../config/choose-registry';
import { BuildenvError } from '../../errors/buildenv-error';
import { applyUnpublish } from '../../publish/apply-unpublish';
import type { Verdict } from '../../publish/plan-unpublish';
import type { Registry } from '../../registry/registry';
import { remoteRepository } from '../../registry/remote-repository';
import type { Command } from '../command';
import type { CommandContext } from '../command-context';
import { confirm } from '../confirm';
import { decider } from './decide-unpublish';
import { publishedNames } from './published-names';
import { registryOption } from './registry-option';
import { showTask } from '../image/transfer-task';
import { untilInterrupted } from '../until-interrupted';

/** What becomes of the tags of one image. */
interface Removal {
  name: string;
  /** Without the host. */
  repository: string;
  verdicts: readonly Verdict[];
}

export const unpublish: Command = {
  name: 'unpublish',
  words: '[NAME..]',
  summary: 'Remove tags of distros or build images from a registry',
  details:
    'Without a condition: the tag that `buildenv publish` would push now. With conditions: every tag ' +
    'for which all of them hold. Other tags on the same image stay. `latest`, locked tags and those ' +
    "of 'publish.protect' are never removed. Without a NAME: all distros.",
  options: {
    registry: registryOption,
    tag: { kind: 'list', placeholder: 'TAG', summary: 'Remove this tag; can be repeated' },
    'older-than': {
      kind: 'value',
      placeholder: '3d',
      summary: 'Tags that have not moved for so long',
    },
    'branch-gone': { kind: 'flag', summary: 'Tags of branches that the remote origin has no more' },
    keep: { kind: 'value', placeholder: 'N', summary: 'All but the newest N tags' },
    yes: { kind: 'flag', alias: 'y', summary: 'Do not ask' },
  },
  examples: [
    ['buildenv unpublish', "Remove this branch's tag of all distros"],
    ['buildenv unpublish --branch-gone --dry-run', 'Say what a clean-up would remove'],
    ['buildenv unpublish km --older-than 3d --yes', 'Remove old tags of one'],
  ],
  async run(context, args) {
    const project = context.project();
    const names = publishedNames(project, args.words);
    const spec = chooseRegistry(project, args.value('registry'));
    const decide = await decider(context, project, args);
    const registry = await context.registry(spec);
    const plans: Removal[] = [];
    for (const name of names) {
      const repository = remoteRepository(spec, project.namespace, name);
      plans.push({ name, repository, verdicts: await decide(registry, repository, name) });
    }
    const count = plans.flatMap(({ verdicts }) => verdicts.filter(isRemoved)).length;
    if (context.dryRun || count === 0) return report(registry, plans, context.dryRun);
    if (!args.flag('yes') && !(await consent(context, registry, plans, count))) {
      context.progress.notice('nothing was removed');
      return { status: 1 };
    }
    return report(registry, await apply(context, registry, plans), false);
  },
};

/** @throws {BuildenvError} `usage` where nobody is there to ask */
async function consent(
  { process, progress }: CommandContext,
  registry: Registry,
  plans: readonly Removal[],
  count: number,
): Promise<boolean> {
  const tags = count === 1 ? 'one tag' : `${count} tags`;
  if (!process.terminal) {
    throw new BuildenvError('usage', `unpublish would remove ${tags}, and there is nobody to ask`, {
      hint: 'See them with --dry-run, then say --yes.',
    });
  }
  for (const { repository, verdicts } of plans) {
    for (const { tag, reason } of verdicts.filter(isRemoved)) {
      progress.notice(`${registry.host}/${repository}:${tag} (${reason})`);
    }
  }
  return confirm(process, `Remove ${tags}?`);
}

function apply(
  { process, progress }: CommandContext,
  registry: Registry,
  plans: readonly Removal[],
): Promise<Removal[]> {
  return untilInterrupted(process, async (signal) => {
    const done: Removal[] = [];
    for (const plan of plans) {
      const { name, repository } = plan;
      const verdicts = await showTask(
        progress,
        name,
        `removing tags of ${registry.host}/${repository}`,
        () =>
          applyUnpublish(registry, repository, plan.verdicts, signal, ({ tag }) =>
            progress.step(name, `removed ${tag}`),
          ),
        (all) => `${all.filter(isRemoved).length} removed`,
      );
      done.push({ ...plan, verdicts });
    }
    return done;
  });
}

function report({ host }: Registry, removals: readonly Removal[], planned: boolean) {
  const lines = removals.flatMap(({ repository, verdicts }) =>
    verdicts.length === 0
      ? [`nothing is published at ${host}/${repository}`]
      : verdicts.map((verdict) => verdictLine(`${host}/${repository}`, verdict, planned)),
  );
  const json = removals.map(({ name, repository, verdicts }) => ({
    name,
    repository: `${host}/${repository}`,
    tags: verdicts.map(({ digest, ...verdict }) => ({ ...verdict, digest: digest ?? null })),
  }));
  return { text: lines.join('\n'), json };
}

function verdictLine(
  repository: string,
  { tag, action, reason }: Verdict,
  planned: boolean,
): string {
  if (action === 'missing') return `${repository}:${tag} is not there`;
  const done = {
    remove: planned ? 'would remove' : 'removed',
    keep: planned ? 'would keep' : 'kept',
  };
  return `${done[action]} ${repository}:${tag} (${reason})`;
}

function isRemoved({ action }: Verdict): boolean {
  return action === 'remove';
}
