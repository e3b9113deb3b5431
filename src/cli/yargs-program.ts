import yargs, { type Argv, type Options } from 'yargs';
import type { Command } from '../commands/command';
import { globalOptions } from './global-options';
import type { OptionSpecs } from './read-options';

const WIDTH = 100;
const GLOBAL_GROUP = 'Options of every command:';

/** Commands of two words, by their first. */
const GROUPS: Readonly<Record<string, string>> = {
  image: 'Build, pull, push, lock, list, inspect and remove build images',
  distro: 'Assemble minimal images, and compare them',
  local: "A build image's packages on this machine: list, check, install",
  ci: 'Write the pipeline of a CI system, or check it',
  rpm: 'Build, serve and consume RPMs of modified upstreams',
  engine: 'Start, stop and find a container engine',
};

/**
 * The commands as a yargs program. yargs writes the help texts and answers a shell's completion;
 * command lines are read without it, since loading it takes longer than many a command.
 */
export function yargsProgram(commands: readonly Command[]): Argv {
  const program = yargs([])
    .scriptName('buildenv')
    .usage('buildenv <command> [options]\n\nContainerized build environments for native code.')
    .version(false)
    .wrap(WIDTH)
    .exitProcess(false)
    .strict(false)
    .options(yargsOptions(globalOptions))
    .group(Object.keys(globalOptions), GLOBAL_GROUP)
    .epilogue('`buildenv <command> --help` shows a command with examples.');
  for (const command of commands) {
    const [group = '', word] = command.name.split(' ');
    if (word === undefined) program.command(group, command.summary, describe(command));
  }
  for (const [group, summary] of Object.entries(GROUPS)) {
    const members = commands.filter(({ name }) => name.startsWith(`${group} `));
    program.command(group, summary, (nested) => addMembers(nested, group, members));
  }
  return program;
}

/** @param argv words that name a command or a group; none for the whole tool */
export async function helpText(
  commands: readonly Command[],
  argv: readonly string[],
): Promise<string> {
  return capture(yargsProgram(commands), [...argv, '--help']);
}

/** A script that makes the user's shell complete this tool's words. */
export async function completionScript(commands: readonly Command[]): Promise<string> {
  return capture(yargsProgram(commands).completion('completion', 'script'), ['completion']);
}

/** @param words the command line so far, as the completion script hands it over */
export async function completions(
  commands: readonly Command[],
  words: readonly string[],
): Promise<readonly string[]> {
  return yargsProgram(commands).getCompletion([...words]);
}

function addMembers(program: Argv, group: string, members: readonly Command[]): Argv {
  program.usage(`buildenv ${group} <command> [options]\n\n${GROUPS[group] ?? ''}.`);
  for (const member of members) {
    const word = member.name.slice(group.length + 1);
    program.command(word, member.summary, describe(member));
  }
  return program;
}

function describe(command: Command): (program: Argv) => Argv {
  return (program) => {
    const { name, words = '', summary, details, options = {}, examples } = command;
    const line = `buildenv ${name} [options] ${words}`.trimEnd();
    const about = details === undefined ? `${summary}.` : `${summary}.\n\n${details}`;
    program.usage(`${line}\n\n${about}`).options(yargsOptions(options)).epilogue('');
    for (const [example, meaning] of examples) program.example(example, meaning);
    return program;
  };
}

function yargsOptions(specs: OptionSpecs): Record<string, Options> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { kind, alias, summary, placeholder }]) => [
      name,
      {
        type: kind === 'flag' ? 'boolean' : 'string',
        requiresArg: kind !== 'flag',
        describe: placeholder === undefined ? summary : `${summary} (${placeholder})`,
        ...(alias === undefined ? {} : { alias }),
      } satisfies Options,
    ]),
  );
}

function capture(program: Argv, argv: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    void program.parse([...argv], {}, (error, _parsed, output) => {
      if (error) reject(error);
      else resolve(output);
    });
  });
}
