import { type Command, CommandArguments } from '../commands/command';
import type { CommandEntry } from '../commands/command-table';
import { BuildenvError } from '../errors/buildenv-error';
import { didYouMean } from '../errors/did-you-mean';
import { globalOptions } from './global-options';
import { readOptions } from './read-options';

/** A command line, understood. */
export interface Invocation {
  /** Undefined where help is asked for without naming a command. */
  command: Command | undefined;
  /** The words that name the command, or a group of commands. */
  name: readonly string[];
  args: CommandArguments;
  /** The options that every command takes. */
  globals: CommandArguments;
}

/**
 * Finds the command of a command line and reads its options.
 * @throws {BuildenvError} `usage`
 */
export async function parseArgv(
  argv: readonly string[],
  table: readonly CommandEntry[],
): Promise<Invocation> {
  const before = readOptions(argv, globalOptions, true);
  const { entry, name, rest } = findCommand(before.words, table);
  if (entry === undefined) {
    const after = readOptions(rest, globalOptions, false);
    const globals = new CommandArguments([], { ...before.values, ...after.values });
    if (name.length === 0 || globals.flag('help')) {
      return { command: undefined, name, args: globals, globals };
    }
    throw noMember(name.join(' '), after.words[0], table);
  }
  const command = await entry.load();
  const specs = { ...globalOptions, ...command.options };
  const { values, words } = readOptions(rest, specs, command.takesCommand === true);
  const all = { ...before.values, ...values };
  if (words.length > (command.maxWords ?? Infinity) && all['help'] !== true) {
    throw new BuildenvError(
      'usage',
      `${command.name} does not take '${words[command.maxWords ?? 0] ?? ''}'`,
      {
        hint: `See \`buildenv ${command.name} --help\`.`,
      },
    );
  }
  return {
    command,
    name,
    args: new CommandArguments(words, all),
    globals: new CommandArguments([], all),
  };
}

interface Found {
  /** Undefined for a group that has no default. */
  entry: CommandEntry | undefined;
  /** The words that name it. */
  name: readonly string[];
  /** What follows, options that stand between the words of the name included. */
  rest: readonly string[];
}

function findCommand(words: readonly string[], table: readonly CommandEntry[]): Found {
  const [first, ...rest] = words;
  if (first === undefined) return { entry: undefined, name: [], rest };
  const single = table.find(({ name }) => name === first);
  if (single !== undefined) return { entry: single, name: [first], rest };
  const group = table.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length === 0) throw noCommand(first, table);
  const index = rest.length - wordsAfterOptions(rest).length;
  const member = group.find(({ name }) => name === `${first} ${rest[index] ?? ''}`);
  if (member !== undefined) {
    return { entry: member, name: member.name.split(' '), rest: rest.toSpliced(index, 1) };
  }
  return { entry: group.find((one) => one.isGroupDefault), name: [first], rest };
}

/** What follows the options of every command; all of it where other options stand among them. */
function wordsAfterOptions(words: readonly string[]): readonly string[] {
  try {
    return readOptions(words, globalOptions, true).words;
  } catch {
    return words;
  }
}

function noCommand(word: string, table: readonly CommandEntry[]): BuildenvError {
  const known = table.map(({ name }) => name.split(' ')[0] ?? '');
  return new BuildenvError('usage', `There is no command '${word}'`, {
    hint: didYouMean(word, known) ?? 'See `buildenv --help`.',
  });
}

function noMember(
  group: string,
  word: string | undefined,
  table: readonly CommandEntry[],
): BuildenvError {
  const members = table.map(({ name }) => name).filter((name) => name.startsWith(`${group} `));
  const message =
    word === undefined ? `${group} needs one more word` : `There is no command '${group} ${word}'`;
  return new BuildenvError('usage', message, { hint: `One of: ${members.join(', ')}.` });
}
