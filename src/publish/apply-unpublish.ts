import type { Registry } from '../registry/registry';
import type { Verdict } from './plan-unpublish';

/**
 * Removes the tags that are to be removed, one after the other.
 * @param signal ends it between two tags: one that is half removed would be broken
 * @param onRemoved told of each
 * @returns what became of each tag: one that somebody else removed meanwhile is missing
 * @throws {BuildenvError} as {@link Registry.deleteTag}
 */
export async function applyUnpublish(
  registry: Pick<Registry, 'deleteTag'>,
  repository: string,
  verdicts: readonly Verdict[],
  signal: AbortSignal,
  onRemoved: (verdict: Verdict) => void,
): Promise<Verdict[]> {
  const done: Verdict[] = [];
  for (const verdict of verdicts) {
    signal.throwIfAborted();
    const wanted = verdict.action === 'remove';
    const removed = wanted && (await registry.deleteTag(repository, verdict.tag));
    if (removed) onRemoved(verdict);
    done.push(wanted && !removed ? { ...verdict, action: 'missing' } : verdict);
  }
  return done;
}
