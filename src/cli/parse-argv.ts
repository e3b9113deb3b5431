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
  const { entry, name } = findCommand(before.words, table);
  if (entry === undefined) {
    const rest = readOptions(before.words.slice(name.length), globalOptions, false);
    const globals = new CommandArguments([], { ...before.values, ...rest.values });
    if (name.length === 0 || globals.flag('help')) {
      return { command: undefined, name, args: globals, globals };
    }
    throw missingSubcommand(name, table);
  }
  const command = await entry.load();
  const specs = { ...globalOptions, ...command.options };
  const rest = before.words.slice(name.length);
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

function findCommand(
  words: readonly string[],
  table: readonly CommandEntry[],
): { entry: CommandEntry | undefined; name: readonly string[] } {
  const [first, second] = words;
  if (first === undefined) return { entry: undefined, name: [] };
  const named = (name: string) => table.find((entry) => entry.name === name);
  const pair = second === undefined ? undefined : named(`${first} ${second}`);
  if (pair !== undefined) return { entry: pair, name: words.slice(0, 2) };
  const single = named(first);
  if (single !== undefined) return { entry: single, name: [first] };
  const group = table.filter(({ name }) => name.startsWith(`${first} `));
  if (group.length > 0) {
    return { entry: group.find((one) => one.isGroupDefault), name: [first] };
  }
  const known = table.map(({ name }) => name.split(' ')[0] ?? '');
  throw new BuildenvError('usage', `There is no command '${first}'`, {
    hint: didYouMean(first, known) ?? 'See `buildenv --help`.',
  });
}

function missingSubcommand(name: readonly string[], table: readonly CommandEntry[]): BuildenvError {
  const group = name.join(' ');
  const members = table
    .map((entry) => entry.name)
    .filter((member) => member.startsWith(`${group} `));
  return new BuildenvError('usage', `${group} needs one more word`, {
    hint: `One of: ${members.join(', ')}.`,
  });
}
