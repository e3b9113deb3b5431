import type { CiSystem, Issue } from './ci-system';

/**
 * The logging commands of Azure Pipelines:
 * https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands. That page speaks of
 * stdout; the agent attaches the same handler to both streams, and its Bash task joins them before.
 */
export const azurePipelines: CiSystem = {
  openGroup: (title) => `##[group]${neutral(firstLine(title))}`,
  closeGroup: '##[endgroup]',
  issue: ({ message, place }: Issue) => {
    const where =
      place === undefined
        ? ''
        : `;sourcepath=${property(place.file)};linenumber=${place.line};columnnumber=${place.column}`;
    return `##vso[task.logissue type=error${where}]${data(neutral(message))}`;
  },
  output: (name, value) =>
    `##vso[task.setvariable variable=${property(name)};isOutput=true]${data(value)}`,
  outputFile: undefined,
  neutral,
};

/** The agent finds a command anywhere in a line. This is how it takes the sense from one itself. */
function neutral(text: string): string {
  return text.replace(/##(?=vso|\[)/gi, '**');
}

function data(text: string): string {
  return text.replaceAll('%', '%AZP25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(']', '%5D').replaceAll(';', '%3B');
}

function firstLine(text: string): string {
  return text.split(/[\r\n]/, 1)[0] ?? '';
}
