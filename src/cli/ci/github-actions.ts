import type { CiSystem, Issue } from './ci-system';

/**
 * The workflow commands of GitHub Actions:
 * https://docs.github.com/actions/reference/workflow-commands-for-github-actions
 * @param outputFile what `GITHUB_OUTPUT` names
 */
export function githubActions(outputFile: string | undefined): CiSystem {
  return {
    openGroup: (title) => `::group::${data(title)}`,
    closeGroup: '::endgroup::',
    issue: ({ message, place }: Issue) => {
      const where =
        place === undefined
          ? ''
          : ` file=${property(place.file)},line=${place.line},col=${place.column}`;
      return `::error${where}::${data(message)}`;
    },
    output: (name, value) => `${name}=${value}`,
    outputFile,
    neutral,
  };
}

/** A command begins a line, after white space; `##[` begins one of the older form anywhere. */
function neutral(text: string): string {
  return text.replace(/^(\s*)::/gm, '$1: :').replaceAll('##[', '**[');
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
