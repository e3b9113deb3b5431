import type { Project } from '../../config/project';
import { branchTag } from '../../distro/branch-tag';
import { BuildenvError } from '../../errors/buildenv-error';
import { listRemote } from '../../git/list-remote';
import { parseDuration } from '../../publish/parse-duration';
import {
  planNamedRemoval,
  planUnpublish,
  type UnpublishRules,
  type Verdict,
} from '../../publish/plan-unpublish';
import type { Registry } from '../../registry/registry';
import type { CommandArguments } from '../command';
import type { CommandContext } from '../command-context';
import { currentTags } from './current-tags';

/** Decides on the tags of an image's repository. */
type Decide = (registry: Registry, repository: string, name: string) => Promise<readonly Verdict[]>;

/** How the command line wants it decided which tags are removed. */
export async function decider(
  context: CommandContext,
  project: Project,
  args: CommandArguments,
): Promise<Decide> {
  const { protectedTags: protect } = project;
  const rules = await readRules(context, project, args);
  const named = args.values('tag');
  if (rules !== undefined && named.length > 0) {
    throw new BuildenvError('usage', 'unpublish takes tags or conditions, not both', {
      hint: 'Leave --tag out, or --older-than, --branch-gone and --keep.',
    });
  }
  if (rules !== undefined) {
    return async (registry, repository) =>
      planUnpublish((await registry.listTags(repository)) ?? [], { ...rules, protect });
  }
  const current = named.length > 0 ? undefined : (await currentTags(context, project)).tagOf;
  return (registry, repository, name) => {
    const tags = current === undefined ? named : [current(name)];
    return Promise.all(
      tags.map(async (tag) =>
        planNamedRemoval(tag, await registry.findDigest(repository, tag), protect),
      ),
    );
  };
}

/** The conditions of the command line; undefined where there are none. */
async function readRules(
  { env, now }: CommandContext,
  { root }: Project,
  args: CommandArguments,
): Promise<Omit<UnpublishRules, 'protect'> | undefined> {
  const olderThan = args.value('older-than');
  const keep = args.value('keep');
  if (olderThan === undefined && keep === undefined && !args.flag('branch-gone')) return undefined;
  if (keep !== undefined && !/^\d{1,6}$/.test(keep)) {
    throw new BuildenvError('usage', `--keep is no number of tags: '${keep}'`, {
      hint: 'Write a whole number: --keep 10.',
    });
  }
  return {
    before: olderThan === undefined ? undefined : now() - parseDuration('--older-than', olderThan),
    keep: keep === undefined ? undefined : Number(keep),
    alive: args.flag('branch-gone') ? await aliveTags(root, env) : undefined,
  };
}

/** The tags of all branches and git tags that the remote has now. */
async function aliveTags(root: string, env: CommandContext['env']): Promise<ReadonlySet<string>> {
  const { branches, tags } = await listRemote(root, env);
  return new Set([...branches, ...tags].map((branch) => branchTag({ branch, commit: '' })));
}
