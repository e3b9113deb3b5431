import { BuildFailedError } from '../errors/build-failed-error';
import { BuildenvError } from '../errors/buildenv-error';
import { ConfigError } from '../errors/config-error';
import { InterruptedError } from '../errors/interrupted-error';
import { redact } from '../errors/secrets';

/** What the user sees of an error: what failed, then what to do. Empty where there is nothing to say. */
export function formatError(error: unknown): string {
  if (error instanceof InterruptedError) return '';
  if (error instanceof ConfigError) return formatConfigError(error);
  if (error instanceof BuildFailedError) return formatBuildError(error);
  if (error instanceof BuildenvError) return withHint(`buildenv: ${error.message}`, error.hint);
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `buildenv: this is a bug of buildenv, please report it\n${redact(stack)}`;
}

/** One line for each problem, as compilers print them, so that editors can jump to it. */
function formatConfigError({ file, problems }: ConfigError): string {
  return problems
    .map(({ line, column, message, hint }) =>
      withHint(`${file}:${line}:${column}: ${message}`, hint),
    )
    .join('\n');
}

function formatBuildError(error: BuildFailedError): string {
  return withHint(`${formatStepOutput(error)}\nbuildenv: ${error.message}`, error.hint);
}

/** What the failed step printed last, between lines that set it apart. */
export function formatStepOutput({ step, log }: BuildFailedError): string {
  const output = log.trimEnd();
  const shown = output === '' ? '' : `${output}\n`;
  return `--- output of ${step}\n${redact(shown)}---`;
}

function withHint(text: string, hint: string | undefined): string {
  return hint === undefined ? text : `${text}\n  → ${hint}`;
}
