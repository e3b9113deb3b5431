import type { Rpm } from '../rpm';

/** What a line from a builder's container says. */
export type BuilderLine =
  | { kind: 'phase'; phase: string }
  | { kind: 'rpm'; rpm: Rpm }
  /** Name and version in the spec file. */
  | { kind: 'spec'; name: string; epoch: string; version: string; release: string }
  | { kind: 'log'; text: string };

/** What begins a line for the client, `tell` in `follow-client.sh`. */
const MARK = '\u001e';

/** Reads one line of what `build-package.sh` prints. */
export function readBuilderLine(line: string): BuilderLine {
  if (!line.startsWith(MARK)) return { kind: 'log', text: line };
  const [word, ...fields] = line.slice(MARK.length).split(' ');
  const [first = '', second = '', third = '', fourth = ''] = fields;
  if (word === 'phase') return { kind: 'phase', phase: first };
  if (word === 'rpm') return { kind: 'rpm', rpm: toRpm(fields) };
  if (word === 'spec') {
    return { kind: 'spec', name: first, epoch: second, version: third, release: fourth };
  }
  return { kind: 'log', text: line };
}

function toRpm(fields: readonly string[]): Rpm {
  const [file = '', sha256 = '', name = '', epoch = '', version = '', release = '', arch = ''] =
    fields;
  return { file, sha256, name, epoch, version, release, arch };
}
