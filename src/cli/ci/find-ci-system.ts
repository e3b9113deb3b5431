import { azurePipelines } from './azure-pipelines';
import type { CiSystem } from './ci-system';
import { githubActions } from './github-actions';

/** The CI system that the tool runs in, by the variables that its agent sets. */
export function findCiSystem(
  env: Readonly<Record<string, string | undefined>>,
): CiSystem | undefined {
  // `TF_BUILD` is `True` where the agent sets it, and variables of people are often written smaller.
  if (env['TF_BUILD']?.toLowerCase() === 'true') return azurePipelines;
  const { GITHUB_ACTIONS, GITHUB_OUTPUT } = env;
  if (GITHUB_ACTIONS !== 'true') return undefined;
  return githubActions(GITHUB_OUTPUT === '' ? undefined : GITHUB_OUTPUT);
}
