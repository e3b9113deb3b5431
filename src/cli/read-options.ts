import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { OptionSpec } from '../commands/command';
import { BuildenvError } from '../errors/buildenv-error';
import { didYouMean } from '../errors/did-you-mean';

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues = Record<string, boolean | string | readonly string[]>;

interface OptionToken {
  name: string;
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

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
  const tokens = tokenize(argv, specs);
  const first = tokens.find(({ kind }) => kind !== 'option');
  const ours =
    stopAtWord && first !== undefined ? tokens.filter((one) => one.index < first.index) : tokens;
  const values: OptionValues = {};
  for (const token of ours) {
    if (token.kind === 'option') addValue(values, token, specs);
  }
  if (!stopAtWord || first === undefined) {
    return {
      values,
      words: ours.flatMap((token) => (token.kind === 'positional' ? [token.value] : [])),
    };
  }
  return { values, words: argv.slice(first.kind === 'positional' ? first.index : first.index + 1) };
}

function tokenize(argv: readonly string[], specs: OptionSpecs) {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const [name, { kind, alias }] of Object.entries(specs)) {
    options[name] = {
      type: kind === 'flag' ? 'boolean' : 'string',
      ...(alias ? { short: alias } : {}),
    };
  }
  return parseArgs({ args: [...argv], options, strict: false, tokens: true }).tokens;
}

function addValue(values: OptionValues, token: OptionToken, specs: OptionSpecs): void {
  const { name, rawName, value } = token;
  const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
  if (spec === undefined) {
    throw new BuildenvError('usage', `There is no option ${rawName}`, {
      hint: didYouMean(name, Object.keys(specs)) ?? 'See `buildenv --help`.',
    });
  }
  if (spec.kind === 'flag') {
    if (value !== undefined) throw new BuildenvError('usage', `--${name} takes no value`);
    values[name] = true;
    return;
  }
  if (value === undefined || value === '' || isNextOption(token)) {
    throw new BuildenvError('usage', `--${name} needs a value: ${spec.placeholder ?? ''}`);
  }
  const before = values[name];
  values[name] =
    spec.kind === 'list' ? [...(typeof before === 'object' ? before : []), value] : value;
}

/** Whether what stands in the value's place is an option of its own. */
function isNextOption({ value, inlineValue }: OptionToken): boolean {
  return inlineValue !== true && /^-./.test(value ?? '');
}
