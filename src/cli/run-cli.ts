import { appendFileSync } from 'node:fs';
import type { Writable } from 'node:stream';
import type { Command, CommandArguments, CommandResult } from '../commands/command';
import type { CommandContext } from '../commands/command-context';
import { type CommandEntry, commandTable } from '../commands/command-table';
import type { CiSystem } from './ci/ci-system';
import { reportError } from './ci/report-error';
import { exitStatus } from './exit-status';
import { formatError } from './format-error';
import { type Invocation, parseArgv } from './parse-argv';
import { translateSystemError } from './translate-system-error';

/** What the CLI needs of the process that it runs in. */
export interface CliHost {
  stdout: Writable;
  stderr: Writable;
  /** The CI system that reads the log; undefined outside of one. */
  ci: CiSystem | undefined;
  /** Makes what a command works with from the options that every command takes. */
  context(globals: CommandArguments): CommandContext;
}

const table: readonly CommandEntry[] = [
  ...commandTable,
  { name: 'completion', load: async () => (await import('./completion')).completion },
];

/** What the completion script calls this tool with. */
const GET_COMPLETIONS = '--get-yargs-completions';

/**
 * Runs one command line.
 * @param argv without the program's own name
 * @returns the exit status
 */
export async function runCli(argv: readonly string[], host: CliHost): Promise<number> {
  let command: Command | undefined;
  try {
    if (argv[0] === GET_COMPLETIONS) return await printCompletions(host, argv.slice(1));
    const invocation = await parseArgv(argv, table);
    command = invocation.command;
    return await runInvocation(invocation, host);
  } catch (cause) {
    const error = translateSystemError(cause);
    const text = host.ci === undefined ? formatError(error) : reportError(error, host.ci);
    if (text !== '') host.stderr.write(`${text}\n`);
    return exitStatus(error, command);
  }
}

async function runInvocation(
  { command, name, args, globals }: Invocation,
  host: CliHost,
): Promise<number> {
  if (command === undefined || globals.flag('help')) {
    const { helpText } = await import('./yargs-program');
    return print(host, await helpText(await loadCommands(), name));
  }
  const result = await command.run(host.context(globals), args);
  printResult(host, result, globals.flag('json'));
  handOn(host, result.outputs ?? {});
  return result.status ?? 0;
}

function printResult(host: CliHost, { text, json }: CommandResult, asJson: boolean): void {
  if (asJson && json !== undefined) print(host, JSON.stringify(json, undefined, 2));
  else if (text !== undefined && text !== '') print(host, text);
}

/** Gives later steps of a CI run what they need of this one. */
function handOn({ ci, stderr }: CliHost, outputs: Readonly<Record<string, string>>): void {
  if (ci === undefined) return;
  const lines = Object.entries(outputs).map(([name, value]) => `${ci.output(name, value)}\n`);
  if (ci.outputFile === undefined) stderr.write(lines.join(''));
  else if (lines.length > 0) appendFileSync(ci.outputFile, lines.join(''));
}

async function printCompletions(host: CliHost, words: readonly string[]): Promise<number> {
  const { completions } = await import('./yargs-program');
  return print(host, (await completions(await loadCommands(), words)).join('\n'));
}

function loadCommands(): Promise<Command[]> {
  return Promise.all(table.map(({ load }) => load()));
}

function print({ stdout }: CliHost, text: string): number {
  stdout.write(`${text}\n`);
  return 0;
}
