import parser from 'yargs-parser';
import type { OptionSpec } from '../commands/command';
import { BuildenvError } from '../errors/buildenv-error';
import { didYouMean } from '../errors/did-you-mean';

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues = Record<string, boolean | string | readonly string[]>;

/**
 * Reads options up to the first word, or among the words.
 * @param stopAtWord leaves everything from the first word on as it is
 * @throws {BuildenvError} `usage` for an option that is not known or lacks its value
 */
export function readOptions(
  argv: readonly string[],
  specs: OptionSpecs,
  stopAtWord: boolean,
): { values: OptionValues; words: string[] } {
  const names = Object.keys(specs);
  const parsed = parser([...argv], {
    boolean: names.filter((name) => specs[name]?.kind === 'flag'),
    string: ['_', ...names.filter((name) => specs[name]?.kind !== 'flag')],
    alias: Object.fromEntries(
      Object.entries(specs).flatMap(([name, { alias }]) => (alias ? [[name, alias]] : [])),
    ),
    configuration: {
      'halt-at-non-option': stopAtWord,
      'camel-case-expansion': false,
      'dot-notation': false,
      'boolean-negation': false,
      'strip-aliased': true,
      'parse-positional-numbers': false,
    },
  });
  const { _: words, ...options } = parsed;
  const end = stopAtWord ? argv.length - words.length : argv.indexOf('--');
  checkFlags(end < 0 ? argv : argv.slice(0, end), specs);
  const values: OptionValues = {};
  for (const [name, value] of Object.entries(options)) {
    values[name] = readValue(
      name,
      Object.hasOwn(specs, name) ? specs[name] : undefined,
      value,
      names,
    );
  }
  return { values, words: words.map(String) };
}

/** The parser takes `--dry-run=yes` for a flag that is off. */
function checkFlags(argv: readonly string[], specs: OptionSpecs): void {
  for (const word of argv) {
    const name = /^--([^=]+)=(?!true$|false$)/.exec(word)?.[1];
    if (name !== undefined && specs[name]?.kind === 'flag') {
      throw new BuildenvError('usage', `--${name} takes no value`);
    }
  }
}

function readValue(
  name: string,
  spec: OptionSpec | undefined,
  value: unknown,
  names: readonly string[],
): boolean | string | readonly string[] {
  if (spec === undefined) {
    const dashes = name.length === 1 ? '-' : '--';
    throw new BuildenvError('usage', `There is no option ${dashes}${name}`, {
      hint: didYouMean(name, names) ?? 'See `buildenv --help`.',
    });
  }
  const given = [value].flat().map(String);
  if (spec.kind === 'flag') {
    return given.at(-1) === 'true';
  }
  if (given.includes('')) {
    throw new BuildenvError('usage', `--${name} needs a value: ${spec.placeholder ?? ''}`);
  }
  return spec.kind === 'list' ? given : (given.at(-1) ?? '');
}
