import type { ContainerStore } from '../../engine/engine';
import { BuildFailedError } from '../../errors/build-failed-error';
import { type BuilderJob, runBuilder } from '../run-builder';

/** Makes a repository and puts it in place. @throws {BuildFailedError} the one before it is as it was */
export async function applyRepository(
  containers: ContainerStore,
  job: BuilderJob,
  signal: AbortSignal,
): Promise<void> {
  const output: string[] = [];
  const status = await runBuilder(containers, job, (line) => output.push(line), signal);
  if (status === 0) return;
  const log = output.join('\n');
  throw new BuildFailedError('the repository', 'createrepo_c', `exit status ${status}`, log);
}
