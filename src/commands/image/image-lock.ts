import { join } from 'node:path';
import { readLock } from '../../config/read-lock';
import { registryOf } from '../../config/registry-of';
import { BuildenvError } from '../../errors/buildenv-error';
import { replaceFile } from '../../host/replace-file';
import { formatLock, type Lock, LOCK_FILE, lockDrift, lockedReferences } from '../../image/lock';
import { parseUpstream } from '../../registry/upstream-reference';
import type { Command } from '../command';
import type { CommandContext, Project } from '../command-context';
import { all } from './transfer-task';

export const imageLock: Command = {
  name: 'image lock',
  maxWords: 0,
  summary: 'Pin the upstream base images by digest, in buildenv.lock',
  details:
    'What is pinned is pulled by its digest, and the digest is part of the content key of all that ' +
    'is built on it. With --frozen nothing is written, and a lock that is not what it would be is a failure.',
  options: {
    frozen: { kind: 'flag', summary: 'Write nothing, and fail where upstream or the lock differ' },
  },
  examples: [
    ['buildenv image lock', 'Take what upstream has now'],
    ['buildenv image lock --frozen', 'Say whether upstream has moved'],
  ],
  async run(context, args) {
    const project = context.project();
    const lock = readLock(project.root);
    const wanted = await resolveAll(context, project);
    const drift = lockDrift(lock, wanted);
    const file = join(project.root, LOCK_FILE);
    if (args.flag('frozen') && drift.length > 0) {
      throw new BuildenvError('config', `${file} has drifted: ${drift.join('; ')}`, {
        hint: 'Pin anew, and commit the file: buildenv image lock',
      });
    }
    const written = !args.flag('frozen') && !context.dryRun && drift.length > 0;
    if (written) replaceFile(file, formatLock(wanted));
    return {
      text: [...wanted].map(([reference, digest]) => `${reference} ${digest}`).join('\n'),
      json: {
        file,
        written,
        bases: [...wanted].map(([reference, digest]) => ({ reference, digest })),
      },
    };
  },
};

async function resolveAll(context: CommandContext, project: Project): Promise<Lock> {
  const references = lockedReferences(project.images.values());
  const pins = await all(
    references.map(async (reference) => {
      const { host, repository, version } = parseUpstream(reference);
      const registry = await context.registry(registryOf(project, host));
      const digest = await registry.findDigest(repository, version);
      if (digest !== undefined) return [reference, digest] as const;
      throw new BuildenvError('not-found', `${host} has no ${repository}:${version} to pin`, {
        hint: 'Check `from` of the base images in buildenv.yaml.',
      });
    }),
  );
  return new Map(pins);
}
