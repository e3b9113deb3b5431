import { BuildFailedError } from '../../errors/build-failed-error';
import { BuildenvError } from '../../errors/buildenv-error';
import { ConfigError } from '../../errors/config-error';
import { InterruptedError } from '../../errors/interrupted-error';
import { formatError, formatStepOutput } from '../format-error';
import type { CiSystem, Issue } from './ci-system';

/** What is printed of an error in a CI system: issues, and as text what is too long for one. */
export function reportError(error: unknown, ci: CiSystem): string {
  const issues = issuesOf(error).map((issue) => ci.issue(issue));
  const text = textOf(error);
  return [...(text === '' ? [] : [ci.neutral(text)]), ...issues].join('\n');
}

function issuesOf(error: unknown): Issue[] {
  if (error instanceof InterruptedError) return [];
  if (error instanceof ConfigError) {
    const { file, problems } = error;
    return problems.map(({ message, hint, line, column }) => ({
      message: withHint(message, hint),
      place: { file, line, column },
    }));
  }
  if (error instanceof BuildenvError) return [{ message: withHint(error.message, error.hint) }];
  return [{ message: `buildenv has a bug: ${String(error)}` }];
}

function textOf(error: unknown): string {
  if (error instanceof BuildFailedError) return formatStepOutput(error);
  return error instanceof BuildenvError ? '' : formatError(error);
}

function withHint(text: string, hint: string | undefined): string {
  return hint === undefined ? text : `${text}\n→ ${hint}`;
}
