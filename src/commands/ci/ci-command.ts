import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compareLines, type Difference } from '../../ci/compare-lines';
import type { PipelineFacts } from '../../ci/plan-pipeline';
import { BuildenvError } from '../../errors/buildenv-error';
import { replaceFile } from '../../host/replace-file';
import type { Command, CommandArguments, CommandResult } from '../command';
import type { CommandContext } from '../command-context';
import { pipelineFacts } from './pipeline-facts';

/** A CI system that a pipeline can be written for. */
export interface PipelineTarget {
  /** The command's word. */
  word: string;
  /** As its makers write it. */
  title: string;
  /** Path of the file from the tree's root. */
  path: string;
  /** The text of the file. */
  write: (facts: PipelineFacts) => string;
}

/** The command that writes or checks the pipeline of one CI system. */
export function ciCommand(target: PipelineTarget): Command {
  const { word, title, path } = target;
  return {
    name: `ci ${word}`,
    maxWords: 0,
    summary: `Write ${path} for this project, or check it`,
    details:
      `The pipeline for ${title}: the image pulled or built, the project's commands run in it, ` +
      'distros assembled, and, where a registry is configured, published from the main branch and ' +
      "removed when their branch is gone. The section 'ci' of buildenv.yaml says what is run.",
    options: {
      check: { kind: 'flag', summary: 'Write nothing; say how the file differs, with status 1' },
      force: { kind: 'flag', summary: 'Write over a file that differs' },
    },
    examples: [
      [`buildenv ci ${word}`, 'Write the pipeline'],
      [`buildenv ci ${word} --check`, 'Say how the file differs from what would be written'],
      [`buildenv ci ${word} --dry-run`, 'Print it'],
    ],
    // eslint-disable-next-line @typescript-eslint/require-await -- a failure must be a rejection
    run: async (context, args) => writeOrCheck(target, context, args),
  };
}

function writeOrCheck(
  { word, path, write }: PipelineTarget,
  context: CommandContext,
  args: CommandArguments,
): CommandResult {
  const project = context.project();
  const file = join(project.root, path);
  const text = write(pipelineFacts(project));
  if (args.flag('check')) return check(word, path, text, file);
  if (context.dryRun) return { text: text.trimEnd(), json: { file: path, text } };
  const differs = existsSync(file) && readFileSync(file, 'utf8') !== text;
  if (differs && !args.flag('force')) {
    throw new BuildenvError('usage', `${file} is there, and differs`, {
      hint: `See how: buildenv ci ${word} --check. To write over it: --force.`,
    });
  }
  replaceFile(file, text);
  return { text: `wrote ${path}`, json: { file: path, same: true, differences: [] } };
}

function check(word: string, path: string, text: string, file: string): CommandResult {
  const there = existsSync(file);
  const differences = compareLines(text, there ? readFileSync(file, 'utf8') : '');
  const json = { file: path, same: differences.length === 0, differences };
  if (json.same) return { text: `${path} is as buildenv writes it`, json };
  const said = there
    ? [`${path} differs; + is in the file, - is missing:`, ...differences.map(differenceLine)]
    : [`${path} is not there; to write it: buildenv ci ${word}`];
  return { status: 1, text: said.join('\n'), json };
}

function differenceLine({ line, kind, text }: Difference): string {
  return `${String(line).padStart(4)} ${kind === 'added' ? '+' : '-'} ${text}`.trimEnd();
}
